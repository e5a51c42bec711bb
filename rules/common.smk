import importlib.util as _importlib
import os as _os
import sys as _sys
from pathlib import Path as _Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger as _logger

VERSION = "0.1.0"

if _importlib.find_spec("cgni") is None:
    raise WorkflowError(
        f"the library cgni is not there: the rules lie in {workflow.current_basedir}, not in a folder of this "
        "machine, so install the library of the same version with pip (docs/module.md), or name a local Snakefile"
    )

from cgni.base.errors import InputError as _InputError
from cgni.base.shipped import from_here as _from_here
from cgni.contrastive.terms import LABEL_FREE as _LABEL_FREE
from cgni.contrastive.terms import SEARCHED_TERMS as _SEARCHED_TERMS
from cgni.contrastive.terms import TERMS as _TERMS
from cgni.contrastive.terms import encoder_spec as _encoder_spec
from cgni.genetics.paths import chromosome_files as _chromosome_files
from cgni.imaging.atlases import atlas_files as _atlas_files
from cgni.imaging.atlases import further_atlas_files as _further_atlas_files
from cgni.imaging.atlases import further_atlases as _further_atlases
from cgni.imaging.patterns import is_pattern as _is_pattern
from cgni.workflow import code_digest as _code_digest
from cgni.workflow import config as _config
from cgni.workflow import input_files as _input_files
from cgni.workflow import input_looks as _input_looks
from cgni.workflow import places as _places
from cgni.workflow import progress as _progress
from cgni.workflow import roster as _roster
from cgni.workflow import targets as _targets
from cgni.workflow.baselines import HIDDEN_OF as _HIDDEN_OF
from cgni.workflow.settings import StudySettings as _StudySettings
from cgni.workflow.version import let_jobs_import_this_library as _let_jobs_import_this_library
from cgni.workflow.version import refuse_other_rules as _refuse_other_rules

_let_jobs_import_this_library()


def _atlas(inputs):
    """Label image and table of the atlas. Where jobs run it may be absent: those that read it will say so."""
    try:
        return _atlas_files(inputs.atlas, inputs.atlas_labels)
    except _InputError:
        if workflow.is_main_process:
            raise
        return inputs.atlas, inputs.atlas_labels or inputs.atlas


def _more_atlases(inputs, main):
    """Name to label image and table of the further atlases, likewise."""
    try:
        return _further_atlas_files(inputs.more_atlases, main)
    except _InputError:
        if workflow.is_main_process:
            raise
        further = _further_atlases(inputs.more_atlases)
        return {atlas.name: (atlas.image, atlas.labels or atlas.image) for atlas in further}


def _checked():
    """The effective config and the atlas; a mistake, or a missing input of a real study, ends the run in one message."""
    try:
        _refuse_other_rules(VERSION)
        for path in workflow.overwrite_configfiles if workflow.is_main_process else []:
            _config.refuse_doubled_keys(path)
        effective = _config.effective_config(config)
        settings = _StudySettings.of(effective)
        missing = _input_files.missing_inputs(settings)
        if missing:
            raise _InputError(_input_files.missing_message(missing))
        folders = ("inputs.images",) if settings.imaging.source == "t1" else ()
        _places.refuse_unreadable(_input_files.named_inputs(settings), folders)
        if workflow.is_main_process:
            _places.refuse_unusable_folders(settings.results_dir)
        # a table of features needs no atlas; the simulator does, whatever it writes
        wanted = settings.imaging.source != "table" or settings.simulation.enabled
        main = _atlas(settings.inputs) if wanted else ()
        return effective, settings, main, _more_atlases(settings.inputs, main) if wanted else {}
    except _InputError as error:
        raise WorkflowError(str(error))


EFFECTIVE, SETTINGS, _ATLAS_FILES, _MORE_ATLAS_FILES = _checked()
RESULTS = SETTINGS.results_dir
INPUTS = EFFECTIVE["inputs"]
ATLAS = dict(zip(("atlas", "atlas_labels"), _ATLAS_FILES))
MORE_ATLASES = list(_MORE_ATLAS_FILES)
MORE_SETS = {entry["name"]: entry["gmt"] for entry in EFFECTIVE["enrichment"]["more_sets"]}
SIMULATED = SETTINGS.simulation.enabled
BUNDLE = SETTINGS.application.bundle
FOLDS = list(range(SETTINGS.splits.folds))
CHROMOSOMES = [str(chrom) for chrom in SETTINGS.inputs.genotypes.chromosomes]
# plink2's KING stands in for a kinship file; computed components need the split, so they come after it
KINSHIP = INPUTS["relatedness"] or f"{RESULTS}/cohort/kinship.dat"
# whether imaging features come from a table, without maps, atlas and networks on them
OF_TABLE = SETTINGS.imaging.source == "table"
# whether maps are made here, of T1 images or of UK Biobank's archives; their volumes come after the list of people
MADE_MAPS = not OF_TABLE and SETTINGS.imaging.source != "maps"
IMAGE_KEYS = ["inputs.images", "cohort.image_instances", "imaging.source", "imaging.t1.session"]
# which columns and lines of a table are read
TABLE_KEYS = [f"imaging.table.{key}" for key in ("id", "features", "instance")]
MAP_KEYS = ["engine", "command", "outputs", "smoothed", "voxel_mm", "batch"]
_IMAGES = (INPUTS["images"], SETTINGS.cohort.image_instances, SETTINGS.imaging)
COMPUTED_PCS = SETTINGS.cohort.pcs == "computed" and SETTINGS.cohort.n_pcs > 0
PARTICIPANTS = f"{RESULTS}/cohort/participants.parquet"
WITH_PCS = f"{RESULTS}/cohort/participants_without_volumes.parquet" if MADE_MAPS else PARTICIPANTS
LISTED = f"{RESULTS}/cohort/participants_without_pcs.parquet" if COMPUTED_PCS else WITH_PCS

ROSTER = _roster.roster(SETTINGS)
MODELS = list(ROSTER)
LABELS = {name: spec.label for name, spec in ROSTER.items()}
LABEL_FREE = _encoder_spec(_LABEL_FREE).name
_SUBSETS = _roster.subsets(SETTINGS)
_ENCODERS = {
    **_roster.encoders(SETTINGS),
    LABEL_FREE: _encoder_spec(_LABEL_FREE),
    _SEARCHED_TERMS.name: _SEARCHED_TERMS,
}


def _terms(names):
    """Encoders' names with their loss terms, as rules pass them on."""
    return {name: list(_ENCODERS[name].terms) for name in names}


SUBSETS = _terms(_SUBSETS)
ENCODED = _terms(_roster.encoders(SETTINGS))
INTERPRETABLE = _terms(dict.fromkeys([*_SUBSETS, LABEL_FREE]))
ON_SUBSETS = {name: spec.encoders for name, spec in ROSTER.items() if spec.encoders in _SUBSETS}
PROPOSED = {name: _roster.model_name(name) for name in _SUBSETS}
# what makes each person's outcome; its names are the tables' and figures' alone
OUTCOME_KEYS = [
    f"outcome.{key}" for key in EFFECTIVE["outcome"] if key not in ("label", "measure", "unit", "group_names")
]
OUTCOME_AXIS = ["outcome.measure", "outcome.unit"]
ENCODER_KEYS = [f"contrastive.{key}" for key in EFFECTIVE["contrastive"] if key not in ("subsets", "linear_subset")]
# who encoders learn from, and what is taken out of their views
ENCODER_PEOPLE = ["people.fit_on", "people.encoders_on", "confounds.remove", "confounds.components"]
NULL_BATCHES = list(range(-(-SETTINGS.contributions.null_encoders // SETTINGS.contributions.null_batch)))
CHOICES = _config.protocol_choices(EFFECTIVE)
STAMP = _config.leak_stamp(SETTINGS)
FIGURE_STYLE = _config.section(EFFECTIVE, "figures")["figures"]
ENVIRONMENT = "../envs/environment.yaml"


wildcard_constraints:
    fold=r"\d+",
    batch=r"\d+",
    chrom=r"[0-9XY]+",
    encoders=f"(linear_)?terms[{''.join(str(term.number) for term in _TERMS)}]+",
    candidate=r"[0-9a-f]{8}",
    atlas="|".join(MORE_ATLASES) or "[^/]+",
    sets="|".join(MORE_SETS) or "[^/]+",


def result(path):
    """Path of an output below the results folder."""
    return f"{RESULTS}/{path}"


def shipped(path):
    """Path of a file that comes with the workflow."""
    return _from_here(path)


def section(*keys):
    """The canonical slice of the effective config under the dotted `keys`."""
    return _config.section(EFFECTIVE, *keys)


def code(rule_name):
    """Digest of the code that the rule's script would execute."""
    return _code_digest.code_digest(f"workflow_scripts/{rule_name}.py")


def map_code():
    """Digest of the code that maps are made with: another one makes all of them anew."""
    ours = SETTINGS.imaging.source == "t1" and SETTINGS.imaging.t1.engine == "ants"
    parts = ("archives", "segmentation" if ours else "smoothing")
    return " ".join(_code_digest.code_digest(f"cgni/imaging/t1/{part}.py") for part in parts)


def log_file(rule_name, instance="all"):
    return f"{RESULTS}/logs/{rule_name}/{instance}.log"


def benchmark_file(rule_name, instance="all"):
    return f"{RESULTS}/benchmarks/{rule_name}/{instance}.tsv"


def one_of(names):
    """Wildcard constraint: one of these names."""
    return "|".join(names)


def optional(path):
    """The path of an optional input, or no input when the config says null."""
    return [] if path is None else path


def genotype_file(kind):
    """Input function: the wildcard chromosome's genotypes, people, variants or mfi file; none where there is none."""
    return lambda wildcards: optional(_chromosome_files(SETTINGS.inputs.genotypes, wildcards.chrom)[kind])


def all_genotype_files():
    """Genotypes, people, variants and mfi files of all chromosomes, each once."""
    parts = [_chromosome_files(SETTINGS.inputs.genotypes, chrom) for chrom in CHROMOSOMES]
    return list(dict.fromkeys(path for part in parts for path in part.values() if path))


def people_files():
    """The files that list the people of all chromosomes' genotypes, each once."""
    files = [_chromosome_files(SETTINGS.inputs.genotypes, chrom)["people"] for chrom in CHROMOSOMES]
    return list(dict.fromkeys(files))


def seen(**inputs):
    """Parameters: what input files look like that no rule makes; another look reruns, even that of an older file.

    `inputs` are as after `input:`, paths, lists of paths, functions of the wildcards; a parameter `seen_<name>` each,
    so that Snakemake tells which one has changed.
    """
    return {f"seen_{name}": _looks(part) for name, part in inputs.items()}


def _looks(part):
    def looks(wildcards):
        given = part(wildcards) if callable(part) else part
        return _input_looks.looks_of([given] if isinstance(given, str) else given, RESULTS)

    return looks


def seen_maps(contents):
    """Parameter `seen_maps`: which maps there are, or also what their files look like; simulated ones are outputs."""
    # who records parameters and compares them is Snakemake's main process; jobs need not ask for 40,000 files
    wanted = workflow.is_main_process and not (SIMULATED or OF_TABLE) and (contents or not image_table())
    looked = (*_IMAGES, contents)
    return {"seen_maps": lambda wildcards: _input_looks.look_of_images(*looked) if wanted else {}}


def image_table():
    """The table of images; no input when inputs.images is a pattern, or the folder of a BIDS data set."""
    images = INPUTS["images"]
    return [] if _is_pattern(images) or (MADE_MAPS and _os.path.isdir(images)) else images


def made_maps():
    """The table of maps that the study makes itself; no input when it is given maps."""
    return result("imaging/t1/quality.parquet") if MADE_MAPS else []


def atlas_image(wildcards):
    """Input function: the label image of the wildcard's further atlas."""
    return _MORE_ATLAS_FILES[wildcards.atlas][0]


def atlas_table(wildcards):
    """Input function: the table `index name` of the wildcard's further atlas."""
    return _MORE_ATLAS_FILES[wildcards.atlas][1]


def region_inputs():
    """What regions of people are measured by: the maps and the atlas; or a table's features and their names."""
    if OF_TABLE:
        return {"image_features": IMAGE_FEATURES, "image_columns": result("imaging/table/columns.parquet")}
    return {**ATLAS, **MAPS}


def map_batches(wildcards):
    """The tables of all batches of maps; of simulated images everybody counts, as nobody knows yet who has one."""
    count = SETTINGS.simulation.people.count if SIMULATED else _input_looks.count_images(*_IMAGES)
    batches = range(-(-max(count, 1) // SETTINGS.imaging.t1.batch))
    return expand(result("imaging/t1/batch{batch}.parquet"), batch=batches)


def grows(amount):
    """A resource that a job gets more of at each attempt: what ran out of memory or time is retried with more."""
    return lambda wildcards, attempt: amount * attempt


def grid_template():
    """The image that declares the grid of the store; no input when the grid is not an image's."""
    declared = SETTINGS.imaging.store.grid
    return declared if isinstance(declared, str) and declared != "common" else []


# folders of the results whose table counts what was left out, in the order of the study
ATTRITION_STAGES = [
    "cohort",
    "genetics",
    *(["imaging/t1"] if MADE_MAPS else []),
    "imaging/table" if OF_TABLE else "imaging",
]
# the packed maps with who is in them and their grid
MAPS = {
    "maps": result("imaging/store/maps.npy"),
    "index": result("imaging/store/index.parquet"),
    "grid": result("imaging/store/grid.json"),
}
# everybody's features of a table, with gaps
IMAGE_FEATURES = result("imaging/table/features.parquet")
# a fold's imaging features of everybody who has them, without gaps
FEATURES_OF_FOLD = result(f"{'imaging/table' if OF_TABLE else 'transfer'}/fold{{fold}}/features.parquet")
# errors of brain age on all splits, of the networks or of a regression on the features of a table
BRAIN_AGE = result("audit/brain_age_ridge.parquet" if OF_TABLE else "audit/brain_age.parquet")
# What encoders and classifiers read of every fold.
FOLD_TABLES = {
    "features": expand(FEATURES_OF_FOLD, fold=FOLDS),
    "fills": expand(result("genetics/fold{fold}/fill.parquet"), fold=FOLDS),
    "genotypes": result("genetics/genotypes.parquet"),
    "participants": result("cohort/participants.parquet"),
    "splits": result("cohort/splits.parquet"),
}


def bundled(wildcards):
    """What `bundle` asks for: the bundle, of a study of maps."""
    if OF_TABLE:
        raise WorkflowError("imaging.source: table: a bundle holds networks on maps, and this study has none")
    return result("application/study.cgni")


def applied(wildcards):
    """What `apply` asks for: the page of the application, when there is a bundle."""
    if OF_TABLE:
        raise WorkflowError("imaging.source: table: a bundle's networks take maps, not a table of features")
    if not BUNDLE:
        raise WorkflowError(
            "application.bundle: no bundle; name the file that `snakemake bundle` wrote in another study"
        )
    return result("application/report.html")


def refuse_unknown_targets():
    """End the run in one message when a target is mistyped; where the study is a module, targets are its user's."""
    if not (workflow.is_main_process and workflow.modifier.is_main_snakefile()):
        return
    rules_here = list(workflow.rules)
    files = [str(path) for rule in rules_here for path in rule.products() if not path.contains_wildcard()]
    files += [path for path in [*FIGURE_FILES, *TABLE_FILES, result("report.html")] if path not in files]
    names = [rule.name for rule in rules_here]
    try:
        _targets.refuse_unknown_targets(
            _targets.asked_for(_sys.argv), names, files, lambda path: any(rule.is_producer(path) for rule in rules_here)
        )
    except _InputError as error:
        raise WorkflowError(str(error))


def count_stages():
    """Say after each job how far its stage is and how long the run will go on, from earlier runs of its rules."""
    quiet = {kind.name for kind in workflow.output_settings.quiet or ()}
    if not (workflow.is_main_process and workflow.modifier.is_main_snakefile()) or quiet & {"PROGRESS", "ALL"}:
        return
    stages = {rule.name: _os.path.splitext(_os.path.basename(str(rule.snakefile)))[0] for rule in workflow.rules}
    stages = {name: stage for name, stage in stages.items() if stage != "Snakefile"}
    at_once = workflow.resource_settings.nodes or workflow.resource_settings.cores or 1
    counter = _progress.Progress(_Path(RESULTS, "benchmarks"), stages, at_once)
    _logger.addHandler(_progress.ProgressHandler(counter, _logger.info))
