"""What stands behind the accuracies: the gain over the confounds, scores of people alike, calibrated probabilities."""

from collections.abc import Iterator

import pandas as pd

from cgni.figures.cells import NOT_KNOWN, YES_NO, Scores, few, number, with_interval
from cgni.figures.score_words import ScoreWords
from cgni.figures.study_models import StudyModels

_SPLITS = {"holdout": "holdout", "validation": "out of fold"}  # the holdout leads
_OF_PROBABILITIES = {
    "brier": "Brier score",
    "brier_of_share": "Brier score of the high group's share",
    "ece": "Calibration error (ECE)",
    "ece_limit": "95 % of calibrated models lie below",
    "brier_scaled": "Brier score, scaled",
    "ece_scaled": "ECE, scaled",
}
_FIRST, _SCALED = list(_OF_PROBABILITIES.values())[:4], list(_OF_PROBABILITIES.values())[4:]
_CALIBRATION_COLUMNS = ("Model", "People", *_FIRST, "Calibrated", "Temperature", *_SCALED)
_LINE = {"slope": "Slope of observed on predicted", "intercept": "Intercept"}


def increments_table(increments: pd.DataFrame, performance: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    """Models by what each adds to the AUC (R²) of the confounds alone, with its interval.

    Parameters
    ----------
    increments, performance
        `classification.schemas.INCREMENTS` and `PERFORMANCE`; the latter knows which scores a choice has looked at.
    """
    scores, rows = Scores(performance), []
    added = scores.words.added
    for model, own in _of_models(increments, models):
        row = {"Model": models.labels[model]}
        for split, title in _SPLITS.items():
            found = own[own["split"] == split].iloc[0]
            nothing = scores.few(model, split) or few(found["people"])
            gain = nothing or with_interval(*found[["increment", "low", "high"]])
            row[f"Gain in {added} [95 % interval], {title}"] = scores.marked(gain, model, split)
            stack, alone = (nothing or number(found[name], ".3f") for name in ("score_stack", "score_confounds"))
            row[f"{added} with the model, {title}"] = scores.marked(stack, model, split)
            row[f"{added} of the confounds alone, {title}"] = alone
            row[f"People, {title}"] = str(found["people"])
        row["Weighed by people whom the model has not seen"] = YES_NO[bool(own["unseen"].all())]
        rows.append(row)
    return pd.DataFrame(rows)


def strata_table(strata: pd.DataFrame, performance: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    """Scores of the models of Table 1 among people alike in ancestry or age.

    Parameters
    ----------
    strata, performance
        `classification.schemas.STRATA` and `PERFORMANCE`; the latter knows which scores a choice has looked at.
    """
    scores, rows = Scores(performance), []
    words = scores.words
    titles = ("People", *(f"{title} [95 % interval]" for title in (words.main_title, words.second_title)))
    for model, own in _of_models(strata, models):
        for (by, stratum), alike in own.groupby(["by", "stratum"], sort=False):
            row = {"Model": models.labels[model], "Alike in": by, "Stratum": stratum}
            for split, title in _SPLITS.items():
                found = alike[alike["split"] == split]
                people, *own_scores = _stratum_cells(found, words)
                cells = (people, *(scores.marked(cell, model, split) for cell in own_scores))
                row |= {f"{name}, {title}": cell for name, cell in zip(titles, cells, strict=True)}
            rows.append(row)
    return pd.DataFrame(rows)


def calibration_table(calibration: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    """How far the probabilities of the models of Table 1 are shares, and what temperature scaling makes of them.

    `calibration`: `classification.schemas.CALIBRATION`; of a continuous outcome `LINE_CALIBRATION`: whether a line of
    observed on predicted values has slope 1.
    """
    if "slope" in calibration:
        return _line_table(calibration, models)
    rows = []
    for model, own in _of_models(calibration, models):
        for split, title in _SPLITS.items():
            for _, row in own[own["split"] == split].iterrows():
                nothing = few(row["people"])
                scores = {name: nothing or number(row[column], ".3f") for column, name in _OF_PROBABILITIES.items()}
                judged = {"Calibrated": nothing or YES_NO[not row["poor"]], "Temperature": number(row["temperature"])}
                cells = {**scores, **judged, "People": f"{title} ({row['people']})", "Model": models.labels[model]}
                rows.append({name: cells[name] for name in _CALIBRATION_COLUMNS})
    return pd.DataFrame(rows)


def confound_shares_table(shares: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    """Models by confounds: partial R² of each in the out-of-fold log odds, given the outcome and the others.

    `shares`: `audit.schemas.CONFOUND_SHARES`.
    """
    rows = []
    for model, own in _of_models(shares, models):
        cells = zip(own["confound"], own["partial_r2"], own["people"], strict=True)
        shares_of = {name: few(people) or number(value, ".3f") for name, value, people in cells}
        rows.append({"Model": models.labels[model], **shares_of})
    return pd.DataFrame(rows)


def _of_models(table: pd.DataFrame, models: StudyModels) -> Iterator[tuple[str, pd.DataFrame]]:
    """The models of Table 1 in their order, each with its rows."""
    yield from ((model, table[table["model"] == model]) for model in models.compared)


def _line_table(calibration: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    rows = []
    for model, own in _of_models(calibration, models):
        for split, title in _SPLITS.items():
            for _, row in own[own["split"] == split].iterrows():
                nothing, cells = few(row["people"]), {"Model": models.labels[model]}
                cells["People"] = f"{title} ({row['people']})"
                for name, heading in _LINE.items():
                    own_cells = with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"], ".2f")
                    cells[f"{heading} [95 % interval]"] = nothing or own_cells
                cells["Root mean squared error"] = nothing or number(row["rmse"])
                cells["SD of the outcome"] = nothing or number(row["sd"])
                rows.append(cells)
    return pd.DataFrame(rows)


def _stratum_cells(found: pd.DataFrame, words: ScoreWords) -> tuple[str, str, str]:
    """Cells of a stratum in one split; nobody there, or one group alone: dashes."""
    if found.empty:
        return (NOT_KNOWN,) * 3
    scores = found.set_index("metric")
    people, high = int(scores["people"].iloc[0]), int(scores["people_high"].iloc[0])
    second = scores.loc[words.second]
    if pd.notna(second["value"]) and (nothing := few(people, min(high, people - high) if words.grouped else None)):
        return str(people), nothing, nothing
    main = _interval(scores.loc[words.main], f".{words.digits}f", words.factor)
    return str(people), main, _interval(second, ".3f", 1)


def _interval(found: pd.Series, digits: str, scale: int) -> str:
    return with_interval(found["value"], found["low"], found["high"], digits, scale)
