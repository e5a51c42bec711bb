"""Made-up people of one fold, and a made-up study of two folds that is nowhere on disk."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import torch

from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.settings import ConfoundSettings
from cgni.fold_data.people import FoldData, assemble_fold
from cgni.fold_data.tables import StudyTables

FOLDS, PEOPLE, FEATURES, SNPS = 2, 160, 6, 30


def made_up_fold() -> FoldData:
    """70 fit, 20 monitor, 20 validation and 10 holdout people, in this order; classes are one SD apart in h_v."""
    rng, people = np.random.default_rng(0), 120
    labels = rng.integers(0, 2, people)
    part = np.repeat(np.array(["fit", "monitor", "validation", "holdout"], dtype=object), [70, 20, 20, 10])
    views = {
        IMAGING: (rng.standard_normal((people, 7)) + labels[:, None]).astype(np.float32),
        GENETICS: rng.integers(0, 3, (people, 5)).astype(np.float32),
    }
    ids = pd.Index([f"p{n:03d}" for n in range(people)])
    return FoldData(ids, part, labels.astype(np.int64), views, [f"v{n}" for n in range(5)])


def made_up_people(
    count: int = 300, features: int = 12, snps: int = 20, signal: float = 1.0, seed: int = 0
) -> FoldData:
    """People of all parts, a tenth without a label; the label moves both views by `signal` SD."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    h = rng.normal(size=(count, features)) + signal * labels[:, None] * (np.arange(features) < 4)
    counts = rng.binomial(2, 0.3 + 0.2 * min(signal, 1) * labels[:, None] * (np.arange(snps) < 5))
    labels[::10] = -1
    return FoldData(
        ids=pd.Index([f"p{i:03d}" for i in range(count)]),
        part=rng.choice(["fit", "monitor", "validation", "holdout"], count, p=[0.55, 0.15, 0.2, 0.1]).astype(object),
        labels=labels,
        views={IMAGING: h.astype(np.float32), GENETICS: counts.astype(np.float32)},
        variants=[f"1:{i}:A:G" for i in range(snps)],
    )


def spoiled(data: FoldData, *parts: str) -> FoldData:
    """The same people with nonsense in the rows of `parts`."""
    rows = np.isin(data.part, parts)
    views = {view: values.copy() for view, values in data.views.items()}
    views[IMAGING][rows], views[GENETICS][rows] = 1e3, 2
    labels = data.labels.copy()
    labels[rows] = 1 - np.maximum(labels[rows], 0)
    return dataclasses.replace(data, labels=labels, views=views)


def same(first: Any, second: Any) -> bool:
    """Whether two nested checkpoints are equal to the bit."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    return torch.equal(first, second) if isinstance(first, torch.Tensor) else first == second


class MadeUpStudy(StudyTables):
    """The tables of a study, in memory: labels independent of everything unless there is a `signal` in the features.

    Attributes
    ----------
    labels : of the people; fold : in whose validation part each is, -1: of the holdout.
    h : imaging features of each fold.
    """

    def __init__(self, signal: float = 0.0, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        ids = [f"p{n:03d}" for n in range(PEOPLE)]
        self.confounds: ConfoundSettings | None = ConfoundSettings(remove="none")
        self.labels = rng.permutation(np.arange(PEOPLE) % 2)
        self.fold = np.where(np.arange(PEOPLE) < 20, -1, np.arange(PEOPLE) % FOLDS)
        role = np.where(self.fold < 0, "holdout", "development")
        self.splits = pd.DataFrame({"participant_id": ids, "role": role, "fold": self.fold})
        for number in range(FOLDS):
            training = (self.fold >= 0) & (self.fold != number)
            self.splits[f"monitor_{number}"] = training & (rng.random(PEOPLE) < 0.3)
        ages = rng.uniform(45, 80, PEOPLE)
        self.participants = pd.DataFrame({"participant_id": ids, "outcome_group": self.labels, "age": ages})
        self.participants = self.participants.assign(sex=0, site="a", head_size=1.0, family=ids)
        counts = rng.binomial(2, 0.4, (PEOPLE, SNPS))
        names = [f"1:{n}:A:G" for n in range(SNPS)]
        snps = pd.DataFrame(counts, columns=names, dtype="Int8")
        self.genotypes = pd.concat([self.participants["participant_id"], snps], axis=1)
        self.h = [rng.normal(size=(PEOPLE, FEATURES)) + signal * self.labels[:, None] for _ in range(FOLDS)]
        self._fills = [pd.DataFrame({"variant_id": names, "fill": 0.8}) for _ in range(FOLDS)]

    def folds(self) -> range:
        return range(FOLDS)

    def fold_data(self, fold: int) -> FoldData:
        h = pd.DataFrame(self.h[fold], columns=[f"h_{n}" for n in range(FEATURES)])
        h.insert(0, "participant_id", self.participants["participant_id"])
        fill = self._fills[fold]
        return assemble_fold(h, self.genotypes, fill, self.participants, self.splits, fold, self.confounds)

    def unseen(self, fold: int) -> np.ndarray:
        """Whether each person is among those whom no fit of the fold sees."""
        return (self.fold == fold) | (self.fold < 0)
