import functools as _functools

from cgni.base.files import read_json as _read_json
from cgni.workflow import search as _search


def encoder_keys(spec):
    """Config keys of a pair of encoders: its own terms' weights only."""
    own = [key for key in ENCODER_KEYS if key != "contrastive.weights"]
    return [*ENCODER_PEOPLE, *own, *[f"contrastive.weights.{key}" for key in spec.weighted]]


def encoder_section(wildcards):
    """The slice of `train_contrastive` for its loss subset."""
    return _with_weights(section("seed", *encoder_keys(_ENCODERS[wildcards.encoders])))


def _with_weights(part):
    """The slice of encoders, with no weights where a term stands alone."""
    part["contrastive"].setdefault("weights", {})
    return part


def encoder_params(wildcards):
    """The terms of the wildcard's encoders, and whether the genetic one is linear."""
    return _encoder_plain(wildcards.encoders)


def _encoder_plain(name):
    spec = _ENCODERS[name]
    return {"terms": list(spec.terms), "linear": spec.linear}


def classifier_section(wildcards):
    """The slice of a classifier's fit."""
    return section("seed", *ROSTER[wildcards.model].keys)


def classifier_params(wildcards):
    """What a fit knows of its model."""
    return ROSTER[wildcards.model].params()


def model_tables(spec):
    """What a model's features need beside the tables of the folds."""
    tables = {}
    if spec.encoders:
        tables["embeddings"] = result(f"contrastive/{spec.encoders}/embeddings.parquet")
    if spec.hidden_of:
        tables["hidden"] = result(f"classification/{spec.hidden_of}/hidden.parquet")
    return tables


def fitter_inputs(spec):
    """What a model's fitter needs beside its features: encoders to train along, or the networks whose head it takes."""
    places = {
        "encoders": result(f"contrastive/{spec.encoders}/encoders.ckpt"),
        "networks": expand(result("transfer/fold{fold}/outcome.ckpt"), fold=FOLDS),
    }
    return {name: places[name] for name in spec.needs}


def classifier_inputs(wildcards):
    """What a model needs beside the tables of the folds; its settings are the winner's, where there was a search."""
    spec = ROSTER[wildcards.model]
    # a model on encoders of its own follows their search, so that both have the same settings
    own = _roster.model_name(spec.encoders) if spec.encoders else spec.name
    return {**model_tables(spec), **fitter_inputs(spec), **searched_settings(own, spec.searched)}


# What searches look for: name to candidates, each a name with the settings that it changes.
SEARCHES = _search.searches(EFFECTIVE)


def searched_settings(name, otherwise):
    """The winner's settings as an input file: of the model's own search, or of the other one; none without a search.

    The file is the winner's own, written with its fit, so that another candidate that does not win
    reruns nothing that comes after the search.
    """
    searched = name if name in SEARCHES else otherwise
    if searched not in SEARCHES:
        return {}
    selection = checkpoints.select_settings.get(model=searched).output.selection
    try:
        winner = _read_json(str(selection), "candidate")["candidate"]
    except _InputError as error:
        raise WorkflowError(str(error))
    return {"settings": result(f"classification/search/{searched}/{winner}/settings.json")}


def encoder_settings(encoders):
    """The winner's settings of a pair of encoders: of its loss subset's search, or of that with all terms."""
    return searched_settings(_roster.model_name(encoders), "proposed")


def encoder_winners(names):
    """The winner's settings of several pairs of encoders, each as the input `settings_<name>`; none without a search."""
    found = {name: encoder_settings(name) for name in names}
    return {f"settings_{name}": own["settings"] for name, own in found.items() if own}


def searched_model(wildcards):
    """The model of a search, with the candidate's settings."""
    return _searched_model(wildcards.model, wildcards.candidate)


@_functools.cache
def _searched_model(model, candidate):
    changed = _search.with_candidate(EFFECTIVE, SEARCHES[model][candidate])
    return _roster.searched_model(model, _StudySettings.of(changed))


def candidate_settings(wildcards):
    """What the candidate changes in the config."""
    return SEARCHES[wildcards.model][wildcards.candidate]


def candidate_section(wildcards):
    """The slice of `search_<kind>`: what its model reads, with the candidate's settings in it."""
    spec = searched_model(wildcards)
    keys = [*spec.keys, *(encoder_keys(_ENCODERS[spec.encoders]) if spec.encoders else [])]
    part = _config.section(_search.with_candidate(EFFECTIVE, candidate_settings(wildcards)), "seed", *keys)
    return _with_weights(part) if spec.encoders else part


def candidate_encoders(wildcards):
    """The terms of the candidate's own encoders, and whether the genetic one is linear; nothing without encoders."""
    spec = searched_model(wildcards)
    return _encoder_plain(spec.encoders) if spec.encoders else {}


def candidate_inputs(wildcards):
    """What a candidate needs beside the tables of the folds; its encoders are its own."""
    spec = searched_model(wildcards)
    return {} if spec.encoders else {**model_tables(spec), **fitter_inputs(spec)}


def candidate_lineages():
    """Who was used in the fits of every candidate."""
    path = result("audit/lineage/search_{model}_{candidate}.parquet")
    return [path.format(model=model, candidate=name) for model, own in SEARCHES.items() for name in own]


def searched_names(spec):
    """Names under which settings of a model, of its encoders or of the network whose hidden layer it reads are searched."""
    return {spec.name, spec.searched, spec.hidden_of, _roster.model_name(spec.encoders)}


# Models whose validation scores a choice has looked at: among loss subsets, or among settings.
SELECTED = [
    name
    for name, spec in ROSTER.items()
    if (name in ON_SUBSETS and len(PROPOSED) > 1) or searched_names(spec) & set(SEARCHES)
]
