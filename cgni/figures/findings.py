"""The study in sentences a reader of the paper understands: who, what was asked, what came out, what to distrust."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS, IMAGING, REGION_WORDS, FeatureWords
from cgni.cohort.settings import OutcomeSettings
from cgni.figures.cohort_table import hidden
from cgni.figures.numbers import Numbers

PARTS = ("People", "Question", "Prediction", "Images and genes", "Where", "Planted truth", "To distrust")
_FAR_APART = 45  # degrees between folds' directions, from which a component is hardly the same in two folds
_CONFOUNDS = "age, sex, site, head size and genetic components"


@dataclass(frozen=True)
class Facts:
    """What sentences are made of beside the numbers.

    Attributes
    ----------
    participants : `cohort.schemas.participants_schema`; components, calibration : `contributions.schemas`.
    recovery : `audit.schemas.RECOVERY`; None where nothing was planted.
    outcome : how it is called; words : what features are called.
    proposed, images : labels of the proposed model, and of the one on images alone.
    """

    participants: pd.DataFrame
    components: pd.DataFrame
    calibration: pd.DataFrame
    recovery: pd.DataFrame | None
    outcome: OutcomeSettings
    proposed: str
    images: str
    words: FeatureWords = REGION_WORDS


def findings(numbers: Numbers, facts: Facts) -> pd.DataFrame:
    """Columns part and sentence, in the order of `PARTS`."""
    told = {
        "People": _people(facts),
        "Question": _question(facts),
        "Prediction": _prediction(numbers, facts),
        "Images and genes": _components(numbers, facts),
        "Where": _places(numbers, facts),
        "Planted truth": _truth(facts),
        "To distrust": _doubts(numbers, facts),
    }
    rows = [(part, sentence) for part in PARTS for sentence in told[part]]
    return pd.DataFrame(rows, columns=["part", "sentence"])


def _people(facts: Facts) -> Iterable[str]:
    everybody = facts.participants
    both = everybody[everybody["has_image"] & everybody["has_genotypes"]]
    names, grouped = facts.outcome.group_names, facts.outcome.kind != "continuous"
    sizes = [int((both["outcome_group"] == code).sum()) for code in (0, 1)]
    text = f"{hidden(len(both))} of {len(everybody)} people have an image and genotypes"
    if grouped:
        between = len(both) - sum(sizes)
        groups = " and ".join(f"{hidden(size)} {name}" for size, name in zip(sizes, names, strict=True))
        text += f": {groups} in {facts.outcome.label}, {hidden(between)} in neither group"
    yield f"{text}."
    age, women = both["age"].dropna(), both["sex"].dropna() == 0
    if len(age) >= 10 and len(women) >= 10:
        sites = both["site"].nunique()
        yield (
            f"They are {age.mean():.0f} ± {age.std():.0f} years old, {100 * women.mean():.0f} % women, "
            f"{100 * both['largest_ancestry'].mean():.0f} % of the largest ancestry, from {sites} imaging "
            f"{'site' if sites == 1 else 'sites'}."
        )


def _question(facts: Facts) -> Iterable[str]:
    names, label = facts.outcome.group_names, facts.outcome.label
    what = (
        f"predict {label}"
        if facts.outcome.kind == "continuous"
        else f"tell who is {names[1]} in {label} from who is {names[0]}"
    )
    several = facts.words.several[IMAGING]
    yield f"Can brain images and genotypes together {what}, and which genes go with which {several}?"


def _prediction(numbers: Numbers, facts: Facts) -> Iterable[str]:
    own = numbers["score.proposed.holdout"]
    name = own.quantity.split(",")[0]
    yield (
        f"In {own.n} people whom no model has seen, the proposed model ({facts.proposed}) reaches a "
        f"{name[:1].lower() + name[1:] if not name.startswith('R²') else name} of {own.shown}."
    )
    if "difference.holdout" in numbers:
        images, difference = numbers["score.images.holdout"], numbers["difference.holdout"]
        yield (
            f"Images alone ({facts.images}) reach {images.shown}; the proposed model minus these: {difference.shown} "
            f"{difference.estimator.split(';')[0]} (p {_p(difference.p)}). {_added(difference.low, difference.high)}"
        )
    confounds, gain = numbers["score.confounds.holdout"], numbers["gain.holdout"]
    yield (
        f"The confounds alone ({_CONFOUNDS}) reach {confounds.shown}. Beside them the proposed model gains "
        f"{gain.shown} in {gain.quantity.split()[2]}{_beyond(gain.low)}."
    )
    if "matched.proposed.holdout" in numbers:
        own, alone = numbers["matched.proposed.holdout"], numbers["matched.confounds.holdout"]
        yield (
            f"Among {own.n} of them matched for age and sex it reaches {own.shown}, the confounds alone {alone.shown}."
        )


def _added(low: float, high: float) -> str:
    if np.isnan(low):
        return "These are too few people to tell."
    if low > 0:
        return "Genetics adds to the images."
    return "Genetics makes it worse." if high < 0 else "Genetics adds nothing that these people can show."


def _beyond(low: float) -> str:
    if np.isnan(low):
        return ""
    return ": more than the confounds say" if low > 0 else ": nothing beyond the confounds can be shown"


def _components(numbers: Numbers, facts: Facts) -> Iterable[str]:
    count = numbers["components.significant"]
    gated = facts.components[facts.components["gated"]].sort_values("component")
    if gated.empty:
        best = facts.components.sort_values("p").head(1)
        told = "".join(
            f" The nearest has a correlation of {numbers[f'component.{row.component}.r'].shown} (p {_p(row.p)})."
            for row in best.itertuples()
        )
        yield f"No component relates images and genes in people whom no model has seen ({count.shown}).{told}"
        return
    parts = [
        f"{numbers[f'component.{row.component}.r'].shown} (without confounds "
        f"{numbers[f'component.{row.component}.partial_r'].shown}, p {_p(row.p)})"
        for row in gated.itertuples()
    ]
    people = numbers[f"component.{int(gated['component'].iloc[0])}.r"].n
    yield (
        f"{count.shown} components relate images and genes in {people} people whom no model has seen, with "
        f"correlations of {', '.join(parts)}."
    )


def _places(numbers: Numbers, facts: Facts) -> Iterable[str]:
    regions, snps, genes, blocks = (numbers[f"called.{name}"] for name in (IMAGING, GENETICS, "genes", "blocks"))
    several = facts.words.several[IMAGING]
    if not regions.value and not snps.value:
        yield f"No {facts.words.one[IMAGING]} and no SNP is called."
        return
    yield (
        f"Called: {regions.shown} of {regions.n} {several}; {snps.shown} of {snps.n} SNPs of {genes.shown} genes, in "
        f"{blocks.shown} blocks of linked SNPs that stand as claims."
    )
    if "terms.first" not in numbers:
        yield "No gene set was looked for, or none can be judged."
    elif numbers["terms.beyond"].value:
        first, beyond = numbers["terms.first"], numbers["terms.beyond"].shown
        yield f"{beyond} GO terms go beyond the null, the strongest {first.quantity} (family-wise p {first.shown})."
    else:
        first = numbers["terms.first"]
        yield f"No GO term goes beyond the null (smallest family-wise p {first.shown})."


def _truth(facts: Facts) -> Iterable[str]:
    if facts.recovery is None:
        return
    found = facts.recovery.set_index(["who", "quantity"])["note"]
    several = facts.words.several[IMAGING]
    planted = {"genes": ("pipeline", "gene"), "LD blocks": ("claims", "block"), several: ("pipeline", "region")}
    recall = {name: (who, f"{what} recall") for name, (who, what) in planted.items()}
    precision = {name: (who, f"{what} precision") for name, (who, what) in planted.items()}
    parts = [f"{found[key].removesuffix(' planted')} {name}" for name, key in recall.items() if key in found.index]
    right = [
        f"{found[key].split(' called')[0]} {name}"
        for name, key in precision.items()
        if key in found.index and re.match(r"\d+ of [1-9]\d* called", found[key])
    ]
    yield f"The cohort is simulated. Of what was planted the study found {', '.join(parts)}."
    if right:
        yield f"Of what it called {', '.join(right)} are right."


def _doubts(numbers: Numbers, facts: Facts) -> Iterable[str]:
    for row in (
        facts.components[facts.components["gated"]].sort_values("n_needed", ascending=False).head(1).itertuples()
    ):
        if row.n_fit < row.n_needed:
            yield (
                f"Published power work asks for {row.n_needed:.0f} people at such a correlation; each sparse CCA was "
                f"fitted on {row.n_fit}. Which regions and SNPs carry a component is therefore unsure."
            )
        if max(row.angle_imaging, row.angle_genetics) > _FAR_APART:
            yield (
                f"Folds found directions up to {max(row.angle_imaging, row.angle_genetics):.0f} degrees apart: single "
                "components cannot be told from each other."
            )
    for row in facts.calibration[facts.calibration["quantity"].str.contains("SD rule")].itertuples():
        name = facts.words.several.get(row.view, row.view)
        yield f"Where nothing is to be found, the published SD rule calls {row.value:.1f} {name} on average."
    if "(selected)" in numbers["score.proposed.validation"].shown:
        own = numbers["score.proposed.validation"].shown.removesuffix(" (selected)")
        yield (
            f"Out of fold the proposed model reaches {own}: loss terms or settings were chosen by such scores, so they "
            "are too high."
        )


def _p(value: float) -> str:
    if np.isnan(value):
        return "unknown"
    return "< 0.001" if value < 0.001 else f"{value:.2g}"
