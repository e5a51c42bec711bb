"""Settings of the cohort: who takes part, in which part of the split, and who is used for what."""

from typing import Literal

from cgni.base.settings import AUTO, Section, section, setting

# a field of UK Biobank, or the name of a column
_FIELD = {"type": ["integer", "string"], "minimum": 1, "minLength": 1}
_FIELDS = {"type": "array", "uniqueItems": True, "items": _FIELD}


@section("people")
class PeopleSettings(Section):
    """Who is used for what; `auto` follows `protocol`."""

    fit_on: Literal["fit", "training"] = setting(default=AUTO)
    """on whom CNNs, encoders and scalers are fitted"""
    encoders_on: Literal["labelled", "everybody"] = setting(default=AUTO)
    """everybody: terms (1) and (2) learn from all people of fit_on with both modalities, (3) and (4) from those with
    an outcome; labelled: all terms from those with an outcome, as published"""
    pretrain_on: Literal["training", "everybody"] = setting(default=AUTO)
    """everybody (protocol paper only): brain age on holdout and validation people too; all results are stamped LEAKY"""
    heads_on: Literal["fit", "monitor", "both", "training"] = setting(default=AUTO)
    """on whom classifier heads are fitted: fit, monitor (whom the encoders have not seen), both, or training (both, and
    nobody watches)"""
    reference: Literal["development", "everybody"] = setting(default=AUTO)
    """whose genotypes SNP QC and whose maps the image reference are computed on"""


@section("outcome.norms")
class NormSettings(Section):
    """What is known of the score from elsewhere, for change: reliable."""

    sd: float | None = setting(default=None, above=0)
    """SD of the score among people of like age"""
    reliability: float | None = setting(default=None, above=0, below=1)
    """correlation of the score with itself some weeks later"""
    practice: float = setting(default=0.0)
    """what people gain by having done the test before"""


@section("outcome")
class OutcomeSettings(Section):
    """What is predicted from images and genes: two groups of a score, or the score itself."""

    label: str = setting(default="working memory", pattern=r"\S")
    """its name in titles, tables and figures"""
    measure: str = setting(default="maximum digits remembered", pattern=r"\S")
    """how its values are called on an axis"""
    unit: str = setting(default="digits", schema={"type": "string"})
    """of its values; empty: they have none"""
    field: int | str = setting(default=4282, schema=_FIELD)
    """UK Biobank's field of the score (4282: numeric memory), or the name of a column of the main table"""
    kind: Literal["groups", "binary", "continuous"] = setting(default="groups")
    """groups: people in the ranges low and high; binary: the same of a field that has no other values; continuous: the
    value itself, of everybody who has one"""
    low: tuple[float, float] = setting(default=(2, 5))
    """values of the low group, both ends included (kinds groups and binary)"""
    high: tuple[float, float] = setting(default=(9, 12))
    """values of the high group, both ends included (kinds groups and binary)"""
    group_names: tuple[str, str] = setting(default=("low", "high"))
    """how readers see the two groups; of a continuous outcome those below and above its median"""
    invalid: Literal["negative"] | tuple[float, ...] = setting(default="negative")
    """values that mean a missing one: all negative ones (UK Biobank's codes), or these, such as [-9, 99]"""
    visit: Literal["first", "best", "same_as_image"] = setting(default="first")
    """which visit's value: the first valid, the best, or that of the image's visit"""
    better: Literal["higher", "lower"] = setting(default="higher")
    """which values are the better ones"""
    change: Literal["none", "difference", "slope", "residual", "reliable"] = setting(default="none")
    """what is predicted in the place of a visit's value: difference of follow-up and baseline; slope a year over all of
    their visits (needs field 53); residual: what a line on the baseline value leaves of the difference, fitted on each
    fold's fit people; reliable: the difference beyond practice in standard errors of a difference (norms), of which
    kind: groups makes decliners, as low: [-99, -1.645], high: [0, 99]"""
    baseline: tuple[int, ...] = setting(default=(0,), at_least=0, min_items=1, unique=True)
    """visits of a change's baseline; the first with a valid value counts"""
    followup: tuple[int, ...] = setting(default=(2, 3), at_least=0, min_items=1, unique=True)
    """visits of its follow-up; the last with a valid value counts"""
    norms: NormSettings = setting(default=NormSettings())


@section("cohort.ranges")
class RangeSettings(Section):
    """Values that people can have, both ends included; one outside stops the study, for it tells of another unit."""

    age: tuple[float, float] = setting(default=(18.0, 110.0))
    """years"""
    head_size: tuple[float, float] = setting(default=(0.5, 3.0))
    """scaling factor to the template, field 25000"""
    components: tuple[float, float] = setting(default=(-10000.0, 10000.0))
    """genetic principal components, field 22009"""


@section("cohort")
class CohortSettings(Section):
    """Who takes part, and their confounds."""

    image_instances: tuple[int, ...] = setting(default=(2, 3), at_least=0, min_items=1)
    """visits with imaging; the first with an image counts"""
    n_pcs: int = setting(default=4, at_least=0, at_most=40)
    """genetic principal components kept as confounds"""
    pcs: Literal["field", "computed"] = setting(default="field")
    """field (22009), or computed on unrelated development people, everybody projected"""
    ancestry: Literal["all", "largest"] = setting(default="all")
    """largest: people outside the largest ancestry (22006) are excluded and counted"""
    confounds: tuple[int | str, ...] = setting(default=(), schema=_FIELDS)
    """fields of further confounds, such as 25741 (head motion) or 53 (date of the visit), at the visit of the image; or
    names of columns of the main table"""
    category_confounds: tuple[int | str, ...] = setting(default=(), schema=_FIELDS)
    """fields or columns of further confounds that are categories, such as 22000 (genotyping batch)"""
    ranges: RangeSettings = setting(default=RangeSettings())


@section("confounds")
class ConfoundSettings(Section):
    """What is taken out of both views before encoders see them (docs/decisions.md, C1)."""

    remove: Literal["none", "pcs", "all"] = setting(default=AUTO)
    """pcs: genetic components; all: age, its square, sex, age x sex, head size, site, genetic components and those of
    cohort.confounds; coefficients come from each fold's fit people"""
    components: int = setting(default=10, at_least=1)
    """more further confounds than this are replaced by so many of their principal components"""


@section("splits")
class SplitSettings(Section):
    """The one split of everybody."""

    holdout: float = setting(default=0.1, above=0, at_most=0.5)
    """share of people held out, whole families"""
    folds: int = setting(default=5, at_least=2, at_most=20)
    """folds of the cross-validation"""
    monitor: float = setting(default=0.2, above=0, at_most=0.5)
    """share of a fold's training people who watch (early stopping, sparse CCA)"""
    age_bands: int = setting(default=4, at_least=1)
    """quantile bands of age for the stratification"""
    kinship: float = setting(default=0.0442, above=0, at_most=0.5)
    """people are relatives from this kinship coefficient on (third degree)"""
