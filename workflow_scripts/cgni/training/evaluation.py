"""Scores with sampling errors, and paired comparisons between models."""

import functools
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from workflow_scripts.cgni.training.metrics import auc, balanced_accuracy, confusion

POOLED = -1  # fold number of scores over all folds


def pooled_validation(predictions: pd.DataFrame) -> pd.DataFrame:
    """Out-of-fold predictions: every development person once, by the model that did not see them."""
    return predictions[predictions["part"] == "validation"].sort_values("participant_id").reset_index(drop=True)


def mean_holdout(holdout: pd.DataFrame) -> pd.DataFrame:
    """One row a holdout person: the mean probability of the fold models."""
    grouped = holdout.groupby("participant_id", sort=True)
    return grouped.agg(label=("label", "first"), probability=("probability", "mean")).reset_index()


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


def bootstrap_families(
    families: np.ndarray, score: Callable[[np.ndarray], float], resamples: int, seed: int
) -> np.ndarray:
    """Scores of `resamples` resamples of whole families; `score` takes row numbers."""
    _, codes = np.unique(families, return_inverse=True)
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(members), (resamples, len(members)))
    return np.array([score(np.concatenate([members[index] for index in row])) for row in drawn])


def score_models(
    development: Mapping[str, pd.DataFrame],
    holdout: pd.DataFrame,
    participants: pd.DataFrame,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """All scores of all models (`multimodal_schemas.PERFORMANCE`).

    Per fold: balanced_accuracy, auc and confusion counts on train (fit and monitor people),
    validation and holdout. Pooled (fold -1): train and, for validation and holdout, the pooled
    people's scores with the standard error and 95 % interval of a bootstrap over families,
    `balanced_accuracy_matched` on the age- and sex-matched subset, and `fold_mean`, `fold_sd`
    of the balanced accuracy.
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
    """Proposed model against each other: paired bootstrap over families, exact McNemar, Holm-corrected per split."""
    rows = []
    for split in ("validation", "holdout"):
        tables = {
            model: pooled_validation(table)
            if split == "validation"
            else mean_holdout(holdout[holdout["model"] == model])
            for model, table in development.items()
        }
        own = tables[proposed]
        families = _families(own, participants)
        labels, mine = own["label"].to_numpy(), own["probability"].to_numpy()
        for other in (model for model in tables if model != proposed):
            theirs = tables[other]["probability"].to_numpy()

            difference = functools.partial(_accuracy_difference, labels, mine, theirs)
            draws = bootstrap_families(families, difference, resamples, seed)
            draws = draws[np.isfinite(draws)]  # a resample without one of the classes has no score
            # no draws: both shares are 1, so is p
            below = (np.sum(draws <= 0) + 1) / (len(draws) + 1)
            above = (np.sum(draws >= 0) + 1) / (len(draws) + 1)
            low, high = np.percentile(draws, [2.5, 97.5]) if len(draws) else (np.nan, np.nan)
            rows.append((proposed, other, split, difference(np.arange(len(labels))), low, high,
                         min(1.0, 2 * min(below, above)), mcnemar(labels, mine, theirs)))  # fmt: skip
    names = ["model", "other", "split", "difference", "low", "high", "bootstrap_p", "mcnemar_p"]
    table = pd.DataFrame(rows, columns=names)
    table["mcnemar_p_holm"] = table.groupby("split")["mcnemar_p"].transform(lambda p: holm(p.to_numpy()))
    return table


def _accuracy_difference(labels: np.ndarray, first: np.ndarray, second: np.ndarray, rows: np.ndarray) -> float:
    own = labels[rows]
    return balanced_accuracy(own, first[rows]) - balanced_accuracy(own, second[rows])


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
    rows.append(_row(model, split, POOLED, "fold_mean", np.mean(accuracies)))
    rows.append(_row(model, split, POOLED, "fold_sd", np.std(accuracies, ddof=1)))
    return rows


def _pooled_scores(
    model: str, split: str, people: pd.DataFrame, participants: pd.DataFrame, resamples: int, seed: int
) -> list[dict[str, object]]:
    labels, probabilities = people["label"].to_numpy(), people["probability"].to_numpy()
    families = _families(people, participants)
    rows = []
    for metric, score in (("balanced_accuracy", balanced_accuracy), ("auc", auc)):
        draws = bootstrap_families(families, lambda r, s=score: s(labels[r], probabilities[r]), resamples, seed)
        low, high = np.nanpercentile(draws, [2.5, 97.5])
        row = _row(model, split, POOLED, metric, score(labels, probabilities))
        rows.append({**row, "se": float(np.nanstd(draws, ddof=1)), "low": float(low), "high": float(high)})
    details = (
        participants.set_index("participant_id").loc[people["participant_id"], ["age", "sex"]].reset_index(drop=True)
    )
    matched = matched_subset(details.assign(label=labels))
    score = balanced_accuracy(labels[matched], probabilities[matched]) if len(matched) else float("nan")
    rows.append(_row(model, split, POOLED, "balanced_accuracy_matched", score))
    rows.append(_row(model, split, POOLED, "matched_people", len(matched)))
    rows += [_row(model, split, POOLED, name, count) for name, count in confusion(labels, probabilities).items()]
    return rows


def _families(people: pd.DataFrame, participants: pd.DataFrame) -> np.ndarray:
    return participants.set_index("participant_id").loc[people["participant_id"], "family"].to_numpy()


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
