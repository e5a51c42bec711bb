"""Every model of a study, made from its config and the rows of `baselines` when the workflow is parsed."""

from collections.abc import Sequence

from cgni.base.settings import section_fields
from cgni.classification.spec import ModelSpec
from cgni.contrastive.terms import SEARCHED_TERMS, EncoderSpec, all_subsets, encoder_spec
from cgni.workflow.baselines import (
    BASELINES,
    CONFOUND_BASELINE,
    CONFOUNDS,
    FITTERS,
    HIDDEN_OF,
    IMAGING_CNN,
    IN_PLACE_OF_CNN,
    PROPOSED,
    Baseline,
)
from cgni.workflow.settings import StudySettings

_FEATURE_LABELS = {
    "imaging": "h_v",
    "imaging_cleaned": "h_v without confounds",
    "genetics_hidden": "h_g",
    "genetics": "SNPs",
    "genetics_cleaned": "SNPs without confounds",
}
_CLEANED_KEYS = ("confounds.remove", "confounds.components")


def subsets(settings: StudySettings) -> dict[str, EncoderSpec]:
    """The encoders of the loss subsets by name, in the config's order."""
    chosen = settings.contrastive.subsets
    specs = [encoder_spec(terms) for terms in (all_subsets() if chosen == "all" else chosen)]
    return {spec.name: spec for spec in specs}


def encoders(settings: StudySettings) -> dict[str, EncoderSpec]:
    """Every pair of encoders: those of the loss subsets, then the one with a linear genetic encoder, if wanted."""
    linear = settings.contrastive.linear_subset
    extra = [encoder_spec(linear, linear=True)] if linear else []
    return {**subsets(settings), **{spec.name: spec for spec in extra}}


def roster(settings: StudySettings) -> dict[str, ModelSpec]:
    """All models by name: one for each pair of encoders, the chosen baselines, the shared heads, the confounds."""
    proposed = [_proposed(spec, settings) for spec in encoders(settings).values()]
    cleaned = [_cleaned(settings, spec) for spec in subsets(settings).values()] if cleaned_beside(settings) else []
    baselines = [_baseline(name, BASELINES[name]) for name in chosen_baselines(settings)]
    removed = settings.confounds.remove != "none"
    wanted = settings.classification.shared_head
    heads = [_shared_head(own) for own in wanted if removed or not any(name.endswith("_cleaned") for name in own)]
    confounds = _baseline(CONFOUNDS, CONFOUND_BASELINE)
    return {spec.name: spec for spec in [*proposed, *cleaned, *baselines, *heads, confounds]}


def chosen_baselines(settings: StudySettings) -> list[str]:
    """Names of the baselines of a study; on a table of features there is no imaging network, and a stand-in for it."""
    chosen: Sequence[str] = settings.classification.models
    if settings.imaging.source != "table":
        return list(chosen)
    return list(dict.fromkeys(IN_PLACE_OF_CNN if name == IMAGING_CNN else name for name in chosen))


def searched_model(searched: str, settings: StudySettings) -> ModelSpec:
    """The model whose settings are searched under a name: for `proposed` that with all loss terms, else its bearer."""
    return _proposed(SEARCHED_TERMS, settings) if searched == PROPOSED else roster(settings)[searched]


def model_name(encoders_name: str) -> str:
    """Name of the proposed model on a pair of encoders."""
    return f"cgni_{encoders_name}"


def _proposed(spec: EncoderSpec, settings: StudySettings) -> ModelSpec:
    chosen = settings.classification.proposed.features
    along = settings.classification.finetune_encoder and "genetics_embedding" in chosen
    # an encoder that is trained along takes the allele counts, and its embedding stands first
    others = (name for name in chosen if name != "genetics_embedding")
    features = ("genetics_cleaned", *others) if along else tuple(chosen)
    label = f"CGNI {spec.label}" + (", linear genetic encoder" if spec.linear else "")
    return _with_head(model_name(spec.name), label, features, "encoder_head" if along else "network", spec.name)


def cleaned_beside(settings: StudySettings) -> bool:
    """Whether each proposed model stands a second time on imaging features without confounds."""
    return settings.confounds.remove != "none" and "imaging" in settings.classification.proposed.features


def _cleaned(settings: StudySettings, spec: EncoderSpec) -> ModelSpec:
    """The proposed model whose imaging features have no confounds left; the embeddings never have."""
    own = _proposed(spec, settings)
    features = tuple("imaging_cleaned" if name == "imaging" else name for name in own.features)
    label = f"{own.label}, without confounds"
    return _with_head(f"{own.name}_cleaned", label, features, own.fitter, spec.name)


def _shared_head(features: Sequence[str]) -> ModelSpec:
    label = "CGNI head on " + " + ".join(_FEATURE_LABELS[name] for name in features)
    return _with_head("head_" + "_".join(features), label, tuple(features), "network", "")


def _with_head(name: str, label: str, features: tuple[str, ...], fitter: str, encoders_name: str) -> ModelSpec:
    """A model with the proposed model's head: its settings, its search, its random numbers."""
    return ModelSpec(
        name=name,
        label=label,
        fitter=fitter,
        features=features,
        settings=PROPOSED,
        keys=_keys(fitter, PROPOSED, features),
        uses=FITTERS[fitter].uses,
        seed="cgni",
        encoders=encoders_name,
        hidden_of=_hidden_of(features),
        searched=PROPOSED,
        needs=FITTERS[fitter].needs,
    )


def _baseline(name: str, row: Baseline) -> ModelSpec:
    own = "" if row.defaults is None else name
    return ModelSpec(
        name=name,
        label=row.label,
        fitter=row.fitter,
        features=row.features,
        settings=own,
        keys=_keys(row.fitter, own, row.features),
        uses=FITTERS[row.fitter].uses,
        seed=name,
        hidden_of=_hidden_of(row.features),
        searched=own if name in BASELINES else "",
        needs=FITTERS[row.fitter].needs,
    )


def _keys(fitter: str, own: str, features: Sequence[str]) -> tuple[str, ...]:
    facts = FITTERS[fitter]
    names = [] if facts.settings is None else [f"{own}.{key.name}" for key in section_fields(facts.settings)]
    cleaned = _CLEANED_KEYS if any(name.endswith("_cleaned") for name in features) else ()
    return ("people.heads_on", *cleaned, *(f"classification.{key}" for key in (*names, *facts.keys)))


def _hidden_of(features: Sequence[str]) -> str:
    return HIDDEN_OF if "genetics_hidden" in features else ""
