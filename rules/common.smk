import json as _json
from pathlib import Path as _Path

from snakemake.exceptions import WorkflowError

from cgni.workflow import code_digest as _code_digest
from cgni.workflow import config as _config
from cgni.genetics import paths as _genotype_paths
from cgni.workflow import input_files as _input_files
from cgni.base.errors import InputError as _InputError


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
ENCODED = _config.encoder_names(EFFECTIVE)
MODELS = _config.model_names(EFFECTIVE)
LABEL_FREE = "terms12"  # encoders that never see a label
ENCODER_KEYS = [f"contrastive.{key}" for key in EFFECTIVE["contrastive"] if key not in ("subsets", "linear_subset")]
INTERPRETABLE = list(dict.fromkeys([*TERMS, LABEL_FREE]))
NULL_BATCHES = list(range(-(-EFFECTIVE["contributions"]["null_encoders"] // EFFECTIVE["contributions"]["null_batch"])))
CHOICES = _config.protocol_choices(EFFECTIVE)
STAMP = _config.leak_stamp(EFFECTIVE)
FIGURE_STYLE = {"figures": dict(sorted({**EFFECTIVE["figures"], "stamp": STAMP}.items()))}
ENVIRONMENT = "../envs/environment.yaml"


wildcard_constraints:
    fold=r"\d+",
    batch=r"\d+",
    chrom=r"[0-9XY]+",
    terms=r"(linear_)?terms[1-4]+",
    candidate=r"[0-9a-f]{8}",


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


def contrastive_keys(terms):
    """Config keys of the encoders of a loss subset: its own terms' weights only."""
    other = ("subsets", "linear_subset", "weights")
    terms = terms.rpartition("terms")[2]
    names = [_config.TERM_WEIGHTS[int(term)] for term in terms] if len(terms) > 1 else []
    own = [key for key in EFFECTIVE["contrastive"] if key not in other] + [f"weights.{name}" for name in names]
    return ["people.fit_on", *[f"contrastive.{key}" for key in own]]


def contrastive_section(wildcards):
    """The slice of `train_contrastive` for its loss subset."""
    part = section("seed", *contrastive_keys(wildcards.terms))
    part["contrastive"].setdefault("weights", {})
    return part


def classifier_keys(model):
    """Config keys that a classifier reads."""
    training = ["activation", "dropout", "epochs", "learning_rate", "weight_decay", "patience", "class_weights"]
    if model.startswith("head_"):
        own = ["proposed.layers", "proposed.l1", "proposed.batch_size", *training]
    else:
        own = {
            "confounds": ["class_weights"],
            "imaging_cnn": [],
            "genetic_linear": ["genetic_linear", "class_weights"],
            "imaging_genetic_svm": ["imaging_genetic_svm", "class_weights"],
            "imaging_genetic_nn": ["imaging_genetic_nn", *training],
            "genetic_nn": ["genetic_nn", *training],
        }.get(model, ["proposed", "finetune_encoder", *training])
    return ["people.heads_on", *[f"classification.{key}" for key in own]]


def classifier_section(wildcards):
    """The slice of `train_classifier` for its model."""
    part = section("seed", *classifier_keys(wildcards.get("model", "genetic_nn")))
    part.setdefault("classification", {})
    return part


def classifier_extra(model):
    """What a model needs beside the tables of the folds and the winner of its search."""
    if model.startswith("cgni_"):
        folder = f"contrastive/{model.removeprefix('cgni_')}"
        along = (
            {"encoders": result(f"{folder}/encoders.ckpt")} if EFFECTIVE["classification"]["finetune_encoder"] else {}
        )
        return {"embeddings": result(f"{folder}/embeddings.parquet"), **along}
    if model == "imaging_cnn":
        return {"networks": expand(result("transfer/fold{fold}/wm.ckpt"), fold=FOLDS)}
    if model.startswith("imaging_genetic") or "_hg" in model:
        return {"hidden": result("classification/genetic_nn/features.parquet")}
    return {}


def classifier_inputs(wildcards):
    """What a model needs beside the tables of the folds; its settings are the winner's, where there was a search."""
    model = wildcards.get("model", "genetic_nn")
    return {**classifier_extra(model), **searched_settings(model)}


def searched_model(model):
    """The model whose search a model's settings come from: the proposed one's for all that share its head."""
    return "cgni_terms1234" if model.startswith(("cgni_", "head_")) else model


def candidates(model):
    """Candidates of a searched model: name to settings."""
    return _config.candidates(EFFECTIVE, "proposed" if model == "cgni_terms1234" else model)


def searched_models():
    """Models whose settings the config's search looks for."""
    named = [grid["model"] for grid in EFFECTIVE["classification"]["search"]]
    return sorted({"cgni_terms1234" if model == "proposed" else model for model in named})


def candidate_lineages():
    """Who was used in the fits of every candidate."""
    path = result("audit/lineage/train_candidate_{model}_{candidate}.parquet")
    return [path.format(model=m, candidate=name) for m in searched_models() for name in candidates(m)]


def searched_settings(model):
    """The winner's settings as an input file; none without a search.

    The file is the winner's own, written with its fit, so that another candidate that does not win
    reruns nothing that comes after the search.
    """
    searched = searched_model(model)
    if not candidates(searched):
        return {}
    selection = checkpoints.select_settings.get(model=searched).output.selection
    winner = _json.loads(_Path(str(selection)).read_text())["candidate"]
    return {"settings": result(f"search/{searched}/{winner}/settings.json")}


def candidate_settings(wildcards):
    """What the candidate changes in the config."""
    return candidates(wildcards.model)[wildcards.candidate]


def candidate_section(wildcards):
    """The slice of `train_candidate`: what its model reads, with the candidate's settings in it."""
    keys = classifier_keys(wildcards.model)
    if wildcards.model == "cgni_terms1234":
        keys += contrastive_keys("terms1234")
    return _config.section(_config.with_candidate(EFFECTIVE, candidate_settings(wildcards)), "seed", *keys)


def candidate_inputs(wildcards):
    """What a candidate needs beside the tables of the folds: h_g, which is the genetic network's."""
    return {} if wildcards.model == "cgni_terms1234" else classifier_extra(wildcards.model)
