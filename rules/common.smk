from snakemake.exceptions import WorkflowError

from workflow_scripts.cgni import code_digest as _code_digest
from workflow_scripts.cgni import config as _config
from workflow_scripts.cgni import genotype_paths as _genotype_paths
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
# plink2's KING stands in for a kinship file; computed components need the split, so they come after it
KINSHIP = INPUTS["relatedness"] or f"{RESULTS}/cohort/kinship.dat"
COMPUTED_PCS = EFFECTIVE["cohort"]["pcs"] == "computed" and EFFECTIVE["cohort"]["n_pcs"] > 0
PARTICIPANTS = f"{RESULTS}/cohort/participants.parquet"
LISTED = f"{RESULTS}/cohort/participants_without_pcs.parquet" if COMPUTED_PCS else PARTICIPANTS
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
    """Input function: the wildcard chromosome's genotypes, people, variants or mfi file; none where there is none."""
    return lambda wildcards: optional(_genotype_paths.chromosome_files(INPUTS["genotypes"], wildcards.chrom)[kind])


def people_files():
    """The files that list the people of all chromosomes' genotypes, each once."""
    files = [_genotype_paths.chromosome_files(INPUTS["genotypes"], chrom)["people"] for chrom in CHROMOSOMES]
    return list(dict.fromkeys(files))


def image_table():
    """The table of images; no input when inputs.images is a pattern."""
    return [] if "{participant_id}" in INPUTS["images"] else INPUTS["images"]


def grows(amount):
    """A resource that a job gets more of at each attempt: what ran out of memory or time is retried with more."""
    return lambda wildcards, attempt: amount * attempt


def grid_template():
    """The image that declares the grid of the store; no input when the grid is not an image's."""
    declared = EFFECTIVE["imaging"]["store"]["grid"]
    return declared if isinstance(declared, str) and declared != "common" else []


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
