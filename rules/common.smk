from snakemake.exceptions import WorkflowError

from workflow_scripts.cgni import code_digest as _code_digest
from workflow_scripts.cgni import config as _config
from workflow_scripts.cgni import input_files as _input_files
from workflow_scripts.cgni.errors import InputError as _InputError


def _checked_config():
    """The effective config; a mistake in it, or a missing input of a real study, ends the run with one message."""
    try:
        effective = _config.effective_config(config)
    except _InputError as error:
        raise WorkflowError(str(error))
    missing = [] if effective["simulation"]["enabled"] else _input_files.missing_inputs(effective)
    if missing:
        raise WorkflowError(_input_files.missing_message(missing))
    return effective


EFFECTIVE = _checked_config()
RESULTS = EFFECTIVE["results_dir"]
INPUTS = EFFECTIVE["inputs"]
FOLDS = list(range(EFFECTIVE["splits"]["folds"]))
CHROMOSOMES = [str(chrom) for chrom in INPUTS["genotypes"]["chromosomes"]]
TERMS = _config.terms_names(EFFECTIVE)
MODELS = _config.model_names(EFFECTIVE)
LABEL_FREE = "terms12"  # encoders that never see a label
NULL_BATCHES = list(range(-(-EFFECTIVE["contributions"]["null_encoders"] // EFFECTIVE["contributions"]["null_batch"])))
CHOICES = _config.protocol_choices(EFFECTIVE)
STAMP = _config.leak_stamp(EFFECTIVE)
FIGURE_STYLE = {"figures": dict(sorted({**EFFECTIVE["figures"], "stamp": STAMP}.items()))}
ENVIRONMENT = "../envs/environment.yaml"


wildcard_constraints:
    fold=r"\d+",
    batch=r"\d+",
    chrom=r"[0-9XY]+",
    terms=r"terms[1-4]+",


def result(path):
    """Path of an output below the results folder."""
    return f"{RESULTS}/{path}"


def section(*keys):
    """The canonical slice of the effective config under the dotted `keys`."""
    return _config.section(EFFECTIVE, *keys)


def code(rule_name):
    """Digest of the code that the rule's script would execute."""
    return _code_digest.code_digest(f"workflow_scripts/{rule_name}.py")


def log_file(rule_name, instance="all"):
    return f"{RESULTS}/logs/{rule_name}/{instance}.log"


def benchmark_file(rule_name, instance="all"):
    return f"{RESULTS}/benchmarks/{rule_name}/{instance}.tsv"


def optional(path):
    """The path of an optional input, or no input when the config says null."""
    return [] if path is None else path


def genotype_file(kind):
    """Input function: the BGEN, sample or mfi file of the wildcard's chromosome; none when it is null."""
    pattern = INPUTS["genotypes"][kind]
    return lambda wildcards: [] if pattern is None else pattern.format(chrom=wildcards.chrom)


def sample_files():
    """The .sample files of all chromosomes, each once."""
    pattern = INPUTS["genotypes"]["sample"]
    return list(dict.fromkeys(pattern.format(chrom=chrom) for chrom in CHROMOSOMES))


def image_table():
    """The table of images; no input when inputs.images is a pattern."""
    return [] if "{participant_id}" in INPUTS["images"] else INPUTS["images"]


def gpu_resources():
    """Resources that a GPU rule asks the cluster for; none when `execution.gpus` is 0."""
    execution = EFFECTIVE["execution"]
    if not execution["gpus"]:
        return {}
    return {"gpu": execution["gpus"], "slurm_partition": execution["gpu_partition"]}


def contrastive_section(wildcards):
    """The slice of `train_contrastive`: the subset's own weights only."""
    keys = [key for key in EFFECTIVE["contrastive"] if key not in ("subsets", "weights")]
    terms = wildcards.terms.removeprefix("terms")
    names = [_config.TERM_WEIGHTS[int(term)] for term in terms] if len(terms) > 1 else []
    weights = [f"contrastive.weights.{name}" for name in names]
    part = section("seed", "people.fit_on", *[f"contrastive.{key}" for key in keys], *weights)
    part["contrastive"].setdefault("weights", {})
    return part


def classifier_keys(model):
    """Config keys that a classifier reads."""
    training = ["activation", "dropout", "epochs", "learning_rate", "weight_decay", "patience", "class_weights"]
    own = {
        "confounds": ["class_weights"],
        "imaging_cnn": [],
        "imaging_genetic_svm": ["imaging_genetic_svm", "class_weights"],
        "imaging_genetic_nn": ["imaging_genetic_nn", *training],
        "genetic_nn": ["genetic_nn", *training],
    }.get(model, ["proposed", *training])
    return [f"classification.{key}" for key in own]


def classifier_section(wildcards):
    """The slice of `train_classifier` for its model."""
    part = section("seed", "people.heads_on", *classifier_keys(wildcards.model))
    part.setdefault("classification", {})
    return part


def classifier_extra(wildcards):
    """What a model needs beside the tables of the folds."""
    if wildcards.model.startswith("cgni_"):
        return {"embeddings": result(f"contrastive/{wildcards.model.removeprefix('cgni_')}/embeddings.parquet")}
    if wildcards.model == "imaging_cnn":
        return {"networks": expand(result("transfer/fold{fold}/wm.ckpt"), fold=FOLDS)}
    if wildcards.model.startswith("imaging_genetic"):
        return {"hidden": result("classification/genetic_nn/features.parquet")}
    return {}
