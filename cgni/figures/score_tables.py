"""What stands behind the accuracies: the gain over the confounds, scores of people alike, calibrated probabilities."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cgni.figures.cells import NOT_KNOWN, YES_NO, number, with_interval
from cgni.figures.study_models import StudyModels

_SPLITS = {"holdout": "holdout", "validation": "out of fold"}  # the holdout leads


def increments_table(increments: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    """Models by what each adds to the AUC of the confounds alone, with its interval.

    `increments`: `classification.schemas.INCREMENTS`.
    """
    rows = []
    for model, own in _of_models(increments, models):
        row = {"Model": models.labels[model]}
        for split, title in _SPLITS.items():
            found = own[own["split"] == split].iloc[0]
            row[f"Gain in AUC [95 % interval], {title}"] = with_interval(*found[["increment", "low", "high"]])
            row[f"AUC with the model, {title}"] = number(found["auc_stack"], ".3f")
            row[f"AUC of the confounds alone, {title}"] = number(found["auc_confounds"], ".3f")
            row[f"People, {title}"] = str(found["people"])
        row["Weighed by people whom the model has not seen"] = YES_NO[bool(own["unseen"].all())]
        rows.append(row)
    return pd.DataFrame(rows)


def strata_table(strata: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    """Scores of the models of Table 1 among people alike in ancestry or age.

    `strata`: `classification.schemas.STRATA`.
    """
    rows = []
    for model, own in _of_models(strata, models):
        for (by, stratum), alike in own.groupby(["by", "stratum"], sort=False):
            row = {"Model": models.labels[model], "Alike in": by, "Stratum": stratum}
            for split, title in _SPLITS.items():
                found = alike[alike["split"] == split]
                row |= _stratum_cells(found.iloc[0] if len(found) else None, title)
            rows.append(row)
    return pd.DataFrame(rows)


def calibration_table(calibration: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    """How far the probabilities of the models of Table 1 are shares, and what temperature scaling makes of them.

    `calibration`: `classification.schemas.CALIBRATION`.
    """
    rows = [
        {
            "Model": models.labels[model],
            "People": f"{_SPLITS[row['split']]} ({row['people']})",
            "Brier score": number(row["brier"], ".3f"),
            "Brier score of the high group's share": number(row["brier_of_share"], ".3f"),
            "Calibration error (ECE)": number(row["ece"], ".3f"),
            "95 % of calibrated models lie below": number(row["ece_limit"], ".3f"),
            "Calibrated": YES_NO[not row["poor"]],
            "Temperature": number(row["temperature"]),
            "Brier score, scaled": number(row["brier_scaled"], ".3f"),
            "ECE, scaled": number(row["ece_scaled"], ".3f"),
        }
        for model, own in _of_models(calibration, models)
        for split in _SPLITS
        for _, row in own[own["split"] == split].iterrows()
    ]
    return pd.DataFrame(rows)


def confound_shares_table(shares: pd.DataFrame, models: StudyModels) -> pd.DataFrame:
    """Models by confounds: partial R² of each in the out-of-fold log odds, given the label and the other confounds.

    `shares`: `audit.schemas.CONFOUND_SHARES`.
    """
    rows = []
    for model, own in _of_models(shares, models):
        cells = zip(own["confound"], own["partial_r2"], strict=True)
        rows.append({"Model": models.labels[model], **{name: number(value, ".3f") for name, value in cells}})
    return pd.DataFrame(rows)


def _of_models(table: pd.DataFrame, models: StudyModels) -> Iterator[tuple[str, pd.DataFrame]]:
    """The models of Table 1 in their order, each with its rows."""
    yield from ((model, table[table["model"] == model]) for model in models.compared)


def _stratum_cells(found: pd.Series | None, title: str) -> dict[str, Any]:
    """Cells of a stratum in one split; nobody there: dashes."""
    names = (f"People, {title}", f"Balanced accuracy % [95 % interval], {title}", f"AUC [95 % interval], {title}")
    if found is None:
        return dict.fromkeys(names, NOT_KNOWN)
    cells = (_interval(found, "balanced_accuracy", ".1f", 100), _interval(found, "auc", ".3f", 1))
    return dict(zip(names, (str(found["people"]), *cells), strict=True))


def _interval(found: pd.Series, metric: str, digits: str, scale: int) -> str:
    return with_interval(found[metric], found[f"{metric}_low"], found[f"{metric}_high"], digits, scale)
