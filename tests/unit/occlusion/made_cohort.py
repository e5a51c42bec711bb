"""A small made-up cohort through all steps: two folds whose first feature and first SNP share a factor."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import EncoderPair
from cgni.contrastive.fit import fit_encoders
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import EncoderSpec
from cgni.fold_data.people import FoldData, fold_parts
from cgni.occlusion.occluded import RegionFeatures
from cgni.occlusion.people import occluded_people
from cgni.occlusion.settings import OcclusionSettings
from cgni.scca.fold import FoldEmbeddings
from cgni.scca.settings import SccaSettings

CONTRASTIVE = ContrastiveSettings(
    weights={"imaging_genetics": 0.7, "genetics_imaging": 0.3},
    include_positive=True,
    reduction="mean",
    layers={IMAGING: (8,), GENETICS: (8,)},
    batch_size=40,
    epochs=15,
    learning_rate=1e-2,
    weight_decay=1e-2,
    patience=15,
)
SCCA = SccaSettings(
    components=(1, 2), penalties=(0.3,), fit_on="monitor", inner_folds=2, max_iterations=50, l1_ratio=0.5
)
OCCLUSION = OcclusionSettings(baseline="mean", people="validation", node="variate", max_people=100)
SPEC = EncoderSpec((1, 2))
PEOPLE = PeopleSettings(fit_on="fit", encoders_on="labelled")
_PEOPLE, _FEATURES, _SNPS, _REGIONS = 600, 6, 12, 5


@dataclass(frozen=True)
class Cohort:
    """What a study has before its encoders are fitted; region r is feature r."""

    data: list[FoldData]
    regions: list[RegionFeatures]
    participants: pd.DataFrame
    splits: pd.DataFrame

    def folds(self) -> range:
        """As `StudyTables` has it."""
        return range(len(self.data))

    def fold_data(self, fold: int) -> FoldData:
        """As `StudyTables` has it."""
        return self.data[fold]

    def encoders(self) -> list[EncoderPair]:
        """A pair for each fold."""
        return [fit_encoders(data, SPEC, CONTRASTIVE, PEOPLE, 3).pair for data in self.data]

    def embeddings(self, pairs: list[EncoderPair]) -> list[FoldEmbeddings]:
        """The people of each fold with its pair's embeddings."""
        return [
            FoldEmbeddings.of(embed(pair, data), self.participants, self.splits, fold, PEOPLE)
            for fold, (pair, data) in enumerate(zip(pairs, self.data, strict=True))
        ]


def make_cohort() -> Cohort:
    """600 people, a tenth of them held out."""
    rng = np.random.default_rng(0)
    ids = pd.Index([f"p{n:03d}" for n in range(_PEOPLE)])
    counts = rng.binomial(2, 0.4, (_PEOPLE, _SNPS)).astype(np.float32)
    h = rng.standard_normal((_PEOPLE, _FEATURES)).astype(np.float32)
    h[:, 0] += 1.5 * counts[:, 0]
    fold, role = np.arange(_PEOPLE) % 2, np.where(np.arange(_PEOPLE) < 540, "development", "holdout")
    splits = pd.DataFrame({"participant_id": ids, "role": role, "fold": np.where(role == "holdout", -1, fold)})
    for number in range(2):
        splits[f"monitor_{number}"] = (rng.random(_PEOPLE) < 0.35) & (fold != number) & (role == "development")
    score = h[:, 0] + rng.standard_normal(_PEOPLE)
    labels = (score > np.median(score)).astype(np.int64)
    participants = pd.DataFrame(
        {
            "participant_id": ids,
            "family": ids,
            "largest_ancestry": rng.random(_PEOPLE) < 0.9,
            "outcome_group": labels,
            "outcome": score,
            "age": rng.uniform(45, 80, _PEOPLE),
            "sex": rng.integers(0, 2, _PEOPLE),
            "head_size": rng.normal(1.3, 0.1, _PEOPLE),
            "site": "11025",
        }
    )
    variants = [f"s{number}" for number in range(_SNPS)]
    data = [
        FoldData(ids, fold_parts(splits, number, ids), labels, {IMAGING: h, GENETICS: counts}, variants)
        for number in range(2)
    ]
    regions = [_regions(splits, number, ids, h) for number in range(2)]
    return Cohort(data, regions, participants, splits)


def _regions(splits: pd.DataFrame, fold: int, ids: pd.Index, h: np.ndarray) -> RegionFeatures:
    """Without a region its feature is the training people's mean."""
    people = occluded_people(splits, fold, ids, OCCLUSION, 1)
    rows = ids.get_indexer(people.ids)
    occluded = np.repeat(h[rows, None], _REGIONS, axis=1)
    for region in range(_REGIONS):
        occluded[:, region, region] = h[ids.get_indexer(people.training), region].mean()
    names = np.array([f"r{number}" for number in range(_REGIONS)])
    means = h[rows, :_REGIONS].astype(float)
    return RegionFeatures(people.ids.to_numpy().astype(str), names, np.ones(_REGIONS, int), means, h[rows], occluded)
