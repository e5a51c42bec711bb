"""Tables 1 and 2 of the publication with this run's numbers."""

from collections.abc import Mapping

import pandas as pd

from cgni.contrastive.terms import TERMS
from cgni.figures.cells import NOT_KNOWN, Scores, with_interval
from cgni.figures.component_tables import PUBLISHED_CORRELATIONS
from cgni.figures.score_words import ScoreWords
from cgni.figures.study_models import StudyModels

# As printed (train / validation / holdout, balanced accuracy in percent, mean ± SD over folds).
PUBLISHED = {
    "imaging_cnn": ("81.34 ± 2.34", "75.32 ± 0.49", "87.02 ± 1.31"),
    "genetic_nn": ("59.80 ± 0.42", "59.35 ± 0.45", "59.28 ± 0.57"),
    "imaging_genetic_svm": ("95.5 ± 2.59", "65.08 ± 1.56", "65.23 ± 2.38"),
    "imaging_genetic_nn": ("87.47 ± 0.45", "87.08 ± 0.80", "87.02 ± 0.67"),
    "cgni_terms124": ("91.37 ± 0.30", "90.39 ± 0.11", "88.91 ± 0.66"),
}
# of Table 2, by loss terms
PUBLISHED_HOLDOUT = {(1,): "88.31 ± 0.31", (4,): "88.10 ± 0.41", (1, 2, 4): "88.91 ± 0.66"}
_SPLITS = ("train", "validation", "holdout")
# The holdout leads. Each number has one definition: of a holdout person the fold models' mean probability
# counts, of a development person that of the one fold model that has not seen them.
_UNSEEN = {"holdout": "holdout", "validation": "out of fold"}


def table1(
    performance: pd.DataFrame, comparisons: pd.DataFrame, increments: pd.DataFrame, models: StudyModels
) -> pd.DataFrame:
    """Models by split: balanced accuracy in percent, or R², with its interval, and what stands beside it.

    Intervals are those of a bootstrap over families; p is that of the exact swap test over families against the
    proposed model, Holm-corrected over the models of this table. Of too few people (`cells.few`) their number stands
    alone. Scores that a choice has looked at are marked:
    they are too high, and the holdout's are the ones to read.

    Parameters
    ----------
    performance, comparisons, increments
        `classification.schemas.PERFORMANCE`, `COMPARISONS` and `INCREMENTS`.
    """
    scores, rows = Scores(performance), []
    words = scores.words
    gains = increments.set_index(["model", "split"])[["increment", "low", "high"]]
    for model in models.compared:
        row = {"Model": models.labels[model]}
        for split, title in _UNSEEN.items():
            nothing = scores.few(model, split)
            gain = nothing or with_interval(*gains.loc[(model, split)])
            difference, p = _comparison(comparisons, model, split, words, nothing)
            row[f"{words.main_title} [95 % interval], {title}"] = scores.main(model, split)
            row[f"{words.second_title} [95 % interval], {title}"] = scores.second(model, split)
            row[f"{words.added} beyond confounds [95 % interval], {title}"] = scores.marked(gain, model, split)
            if words.grouped:
                row[f"Age- and sex-matched % [95 % interval], {title}"] = scores.main(model, split, "_matched")
            row[f"{words.counts}, {title}"] = scores.counts(model, split)
            row[f"Proposed minus this, {title}"] = difference
            row[f"p (Holm), {title}"] = p
        for split in _SPLITS:
            row[f"{split.capitalize()}, mean ± SD over fold models"] = scores.over_folds(model, split)
        rows.append(row)
    return pd.DataFrame(rows)


def table2(performance: pd.DataFrame, models: StudyModels, weights: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Loss subsets with the weights of their terms; the holdout column is descriptive, nothing was chosen by it.

    What has an interval is of all fold models together, the rest the mean ± SD over the fold models, each on its own;
    the subset is chosen by the validation scores, which are marked as selected therefore.

    Parameters
    ----------
    performance
        `classification.schemas.PERFORMANCE`.
    weights
        Encoder name to the weights of the loss terms by their keys, where a term stands with others; one that stands
        alone weighs 1.
    """
    scores, rows = Scores(performance), []
    words = scores.words
    for name, subset in models.subsets.items():
        row, model = {}, models.proposed[name]
        for term in TERMS:
            weight = weights[name][term.key] if len(subset.terms) > 1 else 1.0
            row[f"({term.number}) {term.symbol}"] = f"{weight:g}" if term.number in subset.terms else ""
        row["Chosen"] = "yes" if name == models.chosen else ""
        row[f"{words.main_title} [95 % interval], out of fold"] = scores.main(model, "validation")
        row[f"{words.second_title} [95 % interval], out of fold"] = scores.second(model, "validation")
        row[f"{words.main_title} [95 % interval], holdout (descriptive)"] = scores.main(model, "holdout")
        if words.grouped:
            row["Matched subset, out of fold"] = scores.main(model, "validation", "_matched")
        row[f"{words.counts}, out of fold"] = scores.counts(model, "validation")
        for split in _SPLITS:
            cell = scores.marked(scores.over_folds(model, split), model, split)
            row[f"{split.capitalize()}, mean ± SD over fold models"] = cell
        rows.append(row)
    return pd.DataFrame(rows)


def publication_table(models: StudyModels, components: pd.DataFrame) -> pd.DataFrame:
    """What the publication prints, beside what it names here: models, loss subsets and components.

    Parameters
    ----------
    components
        `contributions.schemas.COMPONENT_TESTS`.
    """
    rows: list[tuple[str, ...]] = [
        ("1", models.labels[model], *PUBLISHED[model]) for model in models.models if model in PUBLISHED
    ]
    rows += [
        ("2", subset.label, NOT_KNOWN, NOT_KNOWN, PUBLISHED_HOLDOUT[subset.terms])
        for subset in models.subsets.values()
        if subset.terms in PUBLISHED_HOLDOUT
    ]
    known = {int(number): PUBLISHED_CORRELATIONS.get(int(number)) for number in sorted(components["component"])}
    rows += [("3", f"component {number}", *text.split(" / ")) for number, text in known.items() if text]
    return pd.DataFrame(rows, columns=["Table", "Row", "Train", "Validation", "Holdout"])


def _comparison(comparisons: pd.DataFrame, model: str, split: str, words: ScoreWords, nothing: str) -> tuple[str, str]:
    """Difference with its interval, and p; dashes for the proposed model itself, `nothing` of too few."""
    found = comparisons[(comparisons["other"] == model) & (comparisons["split"] == split)]
    if found.empty:
        return NOT_KNOWN, NOT_KNOWN
    if nothing:
        return nothing, nothing
    own = found.iloc[0]
    difference = with_interval(own["difference"], own["low"], own["high"], words.difference, words.factor)
    return difference, f"{own['permutation_p_holm']:.3g}"
