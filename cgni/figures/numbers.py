"""The results layer: each number that the report's first page states, once, with what it is.

First page, console and captions take their numbers from here, so that none of them has an estimator of its own.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

import pandas as pd

from cgni.base.views import GENETICS, REGION_WORDS, VIEWS, FeatureWords
from cgni.contributions.called import called_features
from cgni.enrichment.schemas import ALL_COMPONENTS
from cgni.figures.cells import Scores, few, number, small, with_interval
from cgni.figures.study_models import StudyModels

# models whose prediction is from images alone, the first that a study has; of features of a table the second
IMAGES_ALONE = ("imaging_cnn", "imaging_logistic")
CONFOUNDS = "confounds"
LEVEL = 0.05  # of a p, and of an interval
_PEOPLE = {"holdout": "holdout", "validation": "out of fold"}
_ESTIMATORS = {
    "holdout": "mean prediction of all fold models, none of which has seen these people",
    "validation": "prediction of the one fold model that has not seen the person",
}
_BOOTSTRAP = "95 % interval of a bootstrap over families"
_NAN = float("nan")


@dataclass(frozen=True)
class Number:
    """One number.

    Attributes
    ----------
    key : what sentences ask for it by, such as score.proposed.holdout.
    quantity : what it is, in words.
    value, low, high, p : low and high of its 95 % interval; NaN where there is none, or where too few people are there.
    n : people, or features where it is a count; -1: not of people.
    people : holdout, out of fold, or empty.
    estimator : how it is computed.
    shown : as readers see it.
    """

    key: str
    quantity: str
    value: float
    low: float
    high: float
    p: float
    n: int
    people: str
    estimator: str
    shown: str


class Numbers:
    """The numbers of a study by their keys."""

    def __init__(self, numbers: Iterable[Number]) -> None:
        self._of = {own.key: own for own in numbers}

    def __getitem__(self, key: str) -> Number:
        return self._of[key]

    def __contains__(self, key: str) -> bool:
        return key in self._of

    def table(self) -> pd.DataFrame:
        """A row a number, its attributes as columns."""
        return pd.DataFrame([asdict(own) for own in self._of.values()])


def score_numbers(
    performance: pd.DataFrame, comparisons: pd.DataFrame, increments: pd.DataFrame, models: StudyModels
) -> list[Number]:
    """Scores of the proposed model, of images alone and of the confounds, and how they differ.

    Parameters
    ----------
    performance, comparisons, increments
        `classification.schemas.PERFORMANCE`, `COMPARISONS` and `INCREMENTS`.
    """
    scores, found = Scores(performance), list[Number]()
    named = {"proposed": models.winner, "confounds": CONFOUNDS}
    alone = images_alone(models)
    named |= {"images": alone} if alone else {}
    for name, model in named.items():
        for split in _PEOPLE:
            found += _scores_of(scores, name, model, split, models.labels[model])
    for split in _PEOPLE:
        found.append(_gain(increments, scores, models, split))
        found += _difference(comparisons, scores, models, alone, split) if alone else []
    return found


def images_alone(models: StudyModels) -> str | None:
    """Name of the model whose prediction is from images alone; None where the study has none."""
    return next((name for name in IMAGES_ALONE if name in models.compared), None)


def component_numbers(components: pd.DataFrame) -> list[Number]:
    """How many components are significant, and each one's correlation in the holdout.

    `components`: `contributions.schemas.COMPONENT_TESTS`.
    """
    gated = int(components["gated"].sum())
    shown = f"{gated} of {len(components)}"
    test = "study-wide p in the holdout, family-wise over components"
    found = [_count("components.significant", "significant components", gated, len(components), test, shown)]
    estimator = "aligned variates of all fold models, averaged; pairing of these people permuted"
    for row in components.sort_values("component").itertuples():
        nothing = few(row.n)
        for name, value in (("r", row.r), ("partial_r", row.partial_r)):
            found.append(
                Number(
                    key=f"component.{row.component}.{name}",
                    quantity=f"component {row.component}, {name.replace('_', ' ')}",
                    value=_NAN if nothing else float(value),
                    low=_NAN,
                    high=_NAN,
                    p=float(row.p) if name == "partial_r" and not nothing else _NAN,
                    n=int(row.n),
                    people=_PEOPLE["holdout"],
                    estimator=estimator,
                    shown=nothing or number(value),
                )
            )
    return found


def call_numbers(
    contributions: pd.DataFrame, blocks: pd.DataFrame, snp_genes: pd.DataFrame, words: FeatureWords = REGION_WORDS
) -> list[Number]:
    """How many LD blocks, SNPs, genes and regions are called.

    Parameters
    ----------
    contributions, blocks
        `contributions.schemas.CONTRIBUTIONS` and `contributions.schemas_claims.BLOCKS`.
    snp_genes
        `genetics.schemas.SNP_GENES`.
    """
    claims = int(blocks.loc[blocks["called"], "block"].nunique())
    found = [_count("called.blocks", "LD blocks called", claims, blocks["block"].nunique(), "claims", str(claims))]
    for view in VIEWS:
        own = called_features(contributions, view)["feature"]
        tested = contributions.loc[contributions["view"] == view, "feature"].nunique()
        called = int(own.nunique())
        found.append(
            _count(f"called.{view}", f"{words.several[view]} called", called, tested, "rule in force", str(called))
        )
        if view == GENETICS:
            genes = snp_genes[snp_genes["variant_id"].isin(own)]["gene_id"].nunique()
            every = snp_genes["gene_id"].nunique()
            found.append(_count("called.genes", "genes of called SNPs", genes, every, "rule in force", str(genes)))
    return found


def term_numbers(terms: pd.DataFrame) -> list[Number]:
    """The term of all components together with the smallest family-wise p, and how many are beyond the null.

    `terms`: `enrichment.schemas.TERMS`.
    """
    own = terms[(terms["component"] == ALL_COMPONENTS) & terms["primary"].astype(bool)].dropna(subset=["p_family"])
    if own.empty:
        return []
    first = own.sort_values(["p_family", "p"], kind="stable").iloc[0]
    beyond = int((own["p_family"] <= LEVEL).sum())
    shown, draws = small(first["p_family"]), f"share of {first['draws']} draws of the null with any term so strong"
    return [
        _count("terms.beyond", "terms beyond the null", beyond, len(own), draws, str(beyond)),
        Number("terms.first", str(first["term"]), _NAN, _NAN, _NAN, float(first["p_family"]), -1, "", draws, shown),
    ]


class _Interval(NamedTuple):
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float

    def text(self, digits: str = "+.3f", scale: int = 1) -> str:
        return with_interval(self.value, self.low, self.high, digits, scale)


def _scores_of(scores: Scores, name: str, model: str, split: str, label: str) -> Iterable[Number]:
    """The main score of a model, the second one, and the main one among people alike in age and sex."""
    words = scores.words
    main = (words.main, words.name, words.factor, words.digits)
    kinds = {"score": main, "second": (words.second, words.second_title, 1, 3)}
    if words.grouped:
        kinds["matched"] = (f"{words.main}_matched", f"{words.name}, matched for age and sex", *main[2:])
    for kind, (metric, title, factor, digits) in kinds.items():
        people = scores.value(model, split, "matched_people") if kind == "matched" else scores.people(model, split)
        nothing = few(people, people / 2) if kind == "matched" else scores.few(model, split)
        found = _found(nothing, *(scores.value(model, split, metric, part) for part in ("value", "low", "high")))
        shown = nothing or found.text(f".{digits}f", factor).replace(" [", f"{' %' if factor == 100 else ''} [", 1)
        yield _of_people(
            f"{kind}.{name}.{split}", f"{title}, {label}", found, int(people), split, _ESTIMATORS[split],
            scores.marked(shown, model, split),
        )  # fmt: skip


def _gain(increments: pd.DataFrame, scores: Scores, models: StudyModels, split: str) -> Number:
    own = increments[(increments["model"] == models.winner) & (increments["split"] == split)].iloc[0]
    nothing = scores.few(models.winner, split) or few(own["people"])
    found = _found(nothing, own["increment"], own["low"], own["high"])
    quantity = f"gain in {scores.words.added} of the proposed model over the confounds"
    estimator = "regression on both against one on the confounds alone, weighed in monitor people"
    shown = scores.marked(nothing or found.text(), models.winner, split)
    return _of_people(f"gain.{split}", quantity, found, int(own["people"]), split, estimator, shown)


def _difference(
    comparisons: pd.DataFrame, scores: Scores, models: StudyModels, alone: str, split: str
) -> Iterable[Number]:
    own = comparisons[(comparisons["other"] == alone) & (comparisons["split"] == split)]
    words, nothing = scores.words, scores.few(models.winner, split)
    for _, row in own.iterrows():
        found = _found(nothing, row["difference"], row["low"], row["high"])
        shown = scores.marked(nothing or found.text(words.difference, words.factor), models.winner, split)
        people = scores.people(models.winner, split)
        number = _of_people(
            f"difference.{split}", f"proposed minus {models.labels[alone]}", found, people, split, words.unit, shown
        )
        test = f"{number.estimator}; p of the swap test over families, Holm over Table 1"
        yield replace(number, p=_NAN if nothing else float(row["permutation_p_holm"]), estimator=test)


def _found(nothing: str, value: float, low: float, high: float) -> _Interval:
    """An estimate; none of it where too few people are there."""
    return _Interval(_NAN, _NAN, _NAN) if nothing else _Interval(float(value), float(low), float(high))


def _of_people(key: str, quantity: str, found: _Interval, n: int, split: str, estimator: str, shown: str) -> Number:
    estimator = f"{estimator}; {_BOOTSTRAP}"
    return Number(key, quantity, found.value, found.low, found.high, _NAN, n, _PEOPLE[split], estimator, shown)


def _count(key: str, quantity: str, value: int, of: int, estimator: str, shown: str) -> Number:
    return Number(key, quantity, float(value), _NAN, _NAN, _NAN, int(of), "", estimator, shown)
