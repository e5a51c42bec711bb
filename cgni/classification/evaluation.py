"""Scores with sampling errors."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from cgni.classification.bootstrap import bootstrap_scores
from cgni.classification.metrics import auc, balanced_accuracy, confusion
from cgni.classification.pooling import mean_holdout, pooled_validation
from cgni.classification.schemas import PERFORMANCE, POOLED


def matched_subset(people: pd.DataFrame, caliper: float = 3.0) -> np.ndarray:
    """Rows of low and high people paired one to one by sex and age.

    Greedy from the oldest high person on, without replacement, nearest age within `caliper` years;
    `people` has label, age and sex. People of unknown age or sex are never paired.
    """
    chosen: list[int] = []
    usable = people.dropna(subset=["age", "sex"]).reset_index().sort_values(["age", "index"], ascending=[False, True])
    for _, same_sex in usable.groupby("sex"):
        low = same_sex[same_sex["label"] == 0].set_index("index")["age"].to_dict()
        for row, age in same_sex.loc[same_sex["label"] == 1, ["index", "age"]].itertuples(index=False):
            if low:
                nearest = min(low, key=lambda other: (abs(low[other] - age), other))
                if abs(low[nearest] - age) <= caliper:
                    chosen += [int(row), int(nearest)]
                    del low[nearest]
    return np.array(sorted(chosen), dtype=int)


def score_models(
    development: Mapping[str, pd.DataFrame],
    holdout: pd.DataFrame,
    participants: pd.DataFrame,
    selected: Collection[str],
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """All scores of all models (`schemas.PERFORMANCE`).

    Per fold: balanced_accuracy, auc and confusion counts on train (fit and monitor people),
    validation and holdout, and fold -1: `fold_mean`, `fold_sd` of the balanced accuracy. Of the pooled
    people of validation (each once, by the fold that did not see them) and holdout (mean probability of
    the fold models), fold -1: balanced_accuracy, auc and, on the age- and sex-matched subset,
    balanced_accuracy_matched and auc_matched, with the standard error and 95 % interval of a bootstrap
    over families (percentiles); matched_people and the confusion counts.

    Parameters
    ----------
    development, holdout
        Model to `schemas.PREDICTIONS`; `schemas.HOLDOUT`.
    selected
        Models whose validation scores a choice has looked at (a loss subset, searched settings). Those scores of
        theirs are marked `selected`: the best of several is above what new people will show.
    resamples, seed
        Of the bootstrap.
    """
    rows: list[dict[str, object]] = []
    for model, table in development.items():
        parts = {"train": table[table["part"] != "validation"], "validation": table[table["part"] == "validation"]}
        parts["holdout"] = holdout[holdout["model"] == model]
        for split, people in parts.items():
            rows += _fold_scores(model, split, people)
        pooled = {"validation": pooled_validation(table), "holdout": mean_holdout(parts["holdout"])}
        for split, people in pooled.items():
            rows += _pooled_scores(model, split, people, participants, resamples, seed)
    scores = pd.DataFrame(rows)
    scores["selected"] = scores["model"].isin(selected) & (scores["split"] == "validation")
    return scores[PERFORMANCE.names]


def _fold_scores(model: str, split: str, people: pd.DataFrame) -> list[dict[str, object]]:
    rows, accuracies = [], []
    for fold, own in people.groupby("fold"):
        labels, probabilities = own["label"].to_numpy(), own["probability"].to_numpy()
        accuracies.append(balanced_accuracy(labels, probabilities))
        scores = {
            "balanced_accuracy": accuracies[-1],
            "auc": auc(labels, probabilities),
            **confusion(labels, probabilities),
        }
        rows += [_row(model, split, int(fold), metric, value) for metric, value in scores.items()]
    rows.append(_row(model, split, POOLED, "fold_mean", float(np.mean(accuracies))))
    rows.append(_row(model, split, POOLED, "fold_sd", float(np.std(accuracies, ddof=1))))
    return rows


def _pooled_scores(
    model: str, split: str, people: pd.DataFrame, participants: pd.DataFrame, resamples: int, seed: int
) -> list[dict[str, object]]:
    labels, probabilities = people["label"].to_numpy(), people["probability"].to_numpy()
    details = participants.set_index("participant_id").loc[people["participant_id"]].reset_index(drop=True)
    matched = matched_subset(details[["age", "sex"]].assign(label=labels))
    families = details["family"].to_numpy()
    rows = []
    for suffix, chosen in (("", np.arange(len(labels))), ("_matched", matched)):
        scored = bootstrap_scores(labels[chosen], probabilities[chosen], families[chosen], resamples, seed)
        for metric, (value, errors) in scored.items():
            rows.append({**_row(model, split, POOLED, metric + suffix, value), **errors._asdict()})
    rows.append(_row(model, split, POOLED, "matched_people", len(matched)))
    rows += [_row(model, split, POOLED, name, count) for name, count in confusion(labels, probabilities).items()]
    return rows


def _row(model: str, split: str, fold: int, metric: str, value: float) -> dict[str, object]:
    return {
        "model": model,
        "split": split,
        "fold": fold,
        "metric": metric,
        "value": float(value),
        "se": None,
        "low": None,
        "high": None,
    }
