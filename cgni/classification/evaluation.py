"""Scores with sampling errors, and paired comparisons between models."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from cgni.base.errors import InputError
from cgni.classification.bootstrap import family_weights, weighted_auc, weighted_balanced_accuracy
from cgni.classification.metrics import auc, balanced_accuracy, confusion
from cgni.classification.pooling import mean_holdout, pooled_validation
from cgni.classification.schemas import POOLED


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
    return pd.DataFrame(rows, columns=["model", "split", "fold", "metric", "value", "se", "low", "high"])


def compare_models(
    proposed: str,
    development: Mapping[str, pd.DataFrame],
    holdout: pd.DataFrame,
    participants: pd.DataFrame,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Proposed model against each other (`schemas.COMPARISONS`), Holm-corrected over a split's models.

    Difference of the balanced accuracies with a paired bootstrap over families, and exact McNemar, on
    out-of-fold people and on the holdout people's mean probability of the fold models.
    """
    rows = []
    for split in ("validation", "holdout"):
        tables = {
            model: pooled_validation(table)
            if split == "validation"
            else mean_holdout(holdout[holdout["model"] == model])
            for model, table in development.items()
        }
        own = tables[proposed]
        _refuse_other_people(own, tables, split)
        labels, mine = own["label"].to_numpy(), own["probability"].to_numpy()
        theirs = {model: table["probability"].to_numpy() for model, table in tables.items() if model != proposed}
        draws: dict[str, list[np.ndarray]] = {model: [] for model in theirs}
        for weights in family_weights(_families(own, participants), resamples, seed):
            base = weighted_balanced_accuracy(labels, mine, weights)
            for model, values in theirs.items():
                draws[model].append(base - weighted_balanced_accuracy(labels, values, weights))
        for model, values in theirs.items():
            difference = balanced_accuracy(labels, mine) - balanced_accuracy(labels, values)
            low, high, p = _interval_and_p(np.concatenate(draws[model]))
            rows.append((proposed, model, split, difference, low, high, p, mcnemar(labels, mine, values)))
    names = ["model", "other", "split", "difference", "low", "high", "bootstrap_p", "mcnemar_p"]
    table = pd.DataFrame(rows, columns=names)
    for name in ("bootstrap_p", "mcnemar_p"):
        table[f"{name}_holm"] = table.groupby("split")[name].transform(lambda p: holm(p.to_numpy()))
    return table


def _interval_and_p(draws: np.ndarray) -> tuple[float, float, float]:
    """95 % interval of paired differences, and the two-sided p of no difference."""
    draws = draws[np.isfinite(draws)]  # a resample without one of the classes has no score
    if not len(draws):
        return np.nan, np.nan, 1.0
    below, above = ((np.sum(sign * draws <= 0) + 1) / (len(draws) + 1) for sign in (1, -1))
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high), float(min(1.0, 2 * min(below, above)))


def _refuse_other_people(own: pd.DataFrame, tables: Mapping[str, pd.DataFrame], split: str) -> None:
    for model, table in tables.items():
        if not table["participant_id"].equals(own["participant_id"]):
            raise InputError(
                f"predictions of {model}, {split}: not the same people as the other models' "
                f"({len(table)} and {len(own)}); delete classification/ and run again"
            )


def mcnemar(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Exact two-sided McNemar p of two classifiers' errors at probability 0.5; 1 when they never differ."""
    right, other_right = (first >= 0.5) == (labels == 1), (second >= 0.5) == (labels == 1)
    only_first, only_second = int((right & ~other_right).sum()), int((~right & other_right).sum())
    discordant = only_first + only_second
    return float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down adjusted p-values."""
    order = np.argsort(p_values)
    scaled = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted


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
        scored = _with_intervals(labels[chosen], probabilities[chosen], families[chosen], resamples, seed)
        rows += [{**_row(model, split, POOLED, metric + suffix, np.nan), **score} for metric, score in scored.items()]
    rows.append(_row(model, split, POOLED, "matched_people", len(matched)))
    rows += [_row(model, split, POOLED, name, count) for name, count in confusion(labels, probabilities).items()]
    return rows


def _with_intervals(
    labels: np.ndarray, probabilities: np.ndarray, families: np.ndarray, resamples: int, seed: int
) -> dict[str, dict[str, float | None]]:
    """Balanced accuracy and AUC, each with the SE and 95 % interval of a bootstrap over families."""
    value = {"balanced_accuracy": balanced_accuracy(labels, probabilities), "auc": auc(labels, probabilities)}
    if len(np.unique(labels)) < 2:  # nobody to resample, or nothing to tell apart
        return {metric: {"value": score} for metric, score in value.items()}
    draws: dict[str, list[np.ndarray]] = {metric: [] for metric in value}
    for weights in family_weights(families, resamples, seed):
        draws["balanced_accuracy"].append(weighted_balanced_accuracy(labels, probabilities, weights))
        draws["auc"].append(weighted_auc(labels, probabilities, weights))
    scored: dict[str, dict[str, float | None]] = {}
    for metric, parts in draws.items():
        together = np.concatenate(parts)
        low, high = np.nanpercentile(together, [2.5, 97.5])
        se = float(np.nanstd(together, ddof=1))
        scored[metric] = {"value": value[metric], "se": se, "low": float(low), "high": float(high)}
    return scored


def _families(people: pd.DataFrame, participants: pd.DataFrame) -> np.ndarray:
    return np.asarray(participants.set_index("participant_id").loc[people["participant_id"], "family"].to_numpy())


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
