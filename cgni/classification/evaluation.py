"""Scores with sampling errors."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from cgni.classification.metrics import confusion
from cgni.classification.pooling import mean_holdout, pooled_validation
from cgni.classification.schemas import PERFORMANCE, POOLED
from cgni.classification.scores import GROUPS, Answers, bootstrap_scores


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
    over families (percentiles); matched_people and the confusion counts. Of a continuous outcome r2, r
    and mae in their places; nobody is matched.

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
        answers = Answers.of(own)
        scores = {name: score(answers.observed, answers.predicted) for name, score in answers.kind.scores.items()}
        accuracies.append(scores[answers.kind.main])
        scores |= _counts(answers)
        rows += [_row(model, split, int(fold), metric, value) for metric, value in scores.items()]
    rows.append(_row(model, split, POOLED, "fold_mean", float(np.mean(accuracies))))
    rows.append(_row(model, split, POOLED, "fold_sd", float(np.std(accuracies, ddof=1))))
    return rows


def _pooled_scores(
    model: str, split: str, people: pd.DataFrame, participants: pd.DataFrame, resamples: int, seed: int
) -> list[dict[str, object]]:
    answers = Answers.of(people)
    details = participants.set_index("participant_id").loc[people["participant_id"]].reset_index(drop=True)
    families = details["family"].to_numpy()
    rows, parts = [], {"": np.arange(len(people))}
    if answers.kind is GROUPS:
        parts["_matched"] = matched_subset(details[["age", "sex"]].assign(label=people["label"].to_numpy()))
    for suffix, chosen in parts.items():
        scored = bootstrap_scores(answers.at(chosen), families[chosen], resamples, seed)
        for metric, (value, errors) in scored.items():
            rows.append({**_row(model, split, POOLED, metric + suffix, value), **errors._asdict()})
    if answers.kind is GROUPS:
        rows.append(_row(model, split, POOLED, "matched_people", len(parts["_matched"])))
    rows += [_row(model, split, POOLED, name, count) for name, count in _counts(answers).items()]
    return rows


def _counts(answers: Answers) -> dict[str, float]:
    """The confusion counts of groups, the number of people of a continuous outcome."""
    if answers.kind is GROUPS:
        return dict(confusion(answers.observed, answers.predicted))
    return {"people": len(answers.observed)}


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
