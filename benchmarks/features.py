"""Simulated features and allele counts of the published size with a known signal; no images needed.

4,995 people (3,192 low, 1,803 high), 512 features a fold, 1,060 SNPs in 106 loci. Three factors hold
30 % of variance from 20 causal SNPs each; the features of every fold are another random mixture (ReLU) of the
factors' gray-matter side, of age and of noise, because two networks share no space. Working memory follows the
factors, age and noise. A fold's features separate its own fit people better than anybody else
(`memorised`), as those of a network that was trained on them do.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import LogisticRegression

from cgni.base.files import atomic_path
from cgni.base.tables import number_columns, write_table
from cgni.cohort.roles import fold_people
from cgni.cohort.schemas import participants_schema, splits_schema
from cgni.cohort.settings import SplitSettings
from cgni.cohort.splits import make_splits
from cgni.fold_data.tables import StudyTables

PEOPLE, HIGH, FEATURES, LOCI, PER_LOCUS, FACTORS, CAUSAL = 4995, 1803, 512, 106, 10, 3, 20
SPLITS = SplitSettings(holdout=0.1, folds=5, monitor=0.2, age_bands=4)


def write_features(folder: Path, seed: int, people: int = PEOPLE, memorised: float = 1.0) -> None:
    """Write what the contrastive stage reads into the results folder `folder`.

    Parameters
    ----------
    people
        Number of people, the groups in the published proportion.
    memorised
        Distance of a fold's fit people's groups along one direction that says nothing about others,
        in SD of the noise.
    """
    rng = np.random.default_rng(seed)
    counts = _allele_counts(rng, people)
    factors = _factors(rng, counts)
    cohort = _people(rng, factors)
    splits = make_splits(cohort, SPLITS, seed)
    provenance = {"rule": "simulated_features", "seed": seed}
    write_table(cohort, folder / "cohort/participants.parquet", participants_schema(2), provenance)
    write_table(splits, folder / "cohort/splits.parquet", splits_schema(SPLITS.folds), provenance)
    ids = cohort["participant_id"]
    names = [f"1:{1000 * (n + 1)}:A:G" for n in range(counts.shape[1])]
    missing = rng.random(counts.shape) < 0.005
    table = pd.DataFrame(counts, columns=names, dtype="Int8").mask(missing)
    _save(pd.concat([ids, table], axis=1), folder / "genetics/genotypes.parquet")
    labels = cohort["outcome_group"].to_numpy(int)
    gray = 0.7 * factors + 0.7 * rng.normal(size=factors.shape)  # what the images show of the factors
    age = ((cohort["age"] - cohort["age"].mean()) / cohort["age"].std()).to_numpy()
    for fold in range(SPLITS.folds):
        own = fold_people(splits, fold)
        training = ids.isin(own.training).to_numpy()
        fill = np.where(missing, np.nan, counts)[training]
        _save(
            pd.DataFrame({"variant_id": names, "fill": np.nanmean(fill, axis=0)}),
            folder / f"genetics/fold{fold}/fill.parquet",
        )
        fit = ids.isin(own.fit).to_numpy()
        seen = memorised * fit * (labels - 0.5) + rng.normal(size=people)
        h = _mixture(np.random.default_rng([seed, fold]), np.column_stack([gray, age, seen]))
        _save(
            pd.concat([ids, pd.DataFrame(h, columns=number_columns("h", FEATURES))], axis=1),
            folder / f"transfer/fold{fold}/features.parquet",
        )
        _save_head(h[fit], labels[fit], folder / f"transfer/fold{fold}/outcome.ckpt")


def study_tables(folder: Path) -> StudyTables:
    """The tables that `write_features` has written."""
    folds = range(SPLITS.folds)
    return StudyTables(
        [str(folder / f"transfer/fold{fold}/features.parquet") for fold in folds],
        [str(folder / f"genetics/fold{fold}/fill.parquet") for fold in folds],
        str(folder / "genetics/genotypes.parquet"),
        str(folder / "cohort/participants.parquet"),
        str(folder / "cohort/splits.parquet"),
    )


def _allele_counts(rng: np.random.Generator, people: int) -> np.ndarray:
    """Counts 0, 1, 2 [people, SNPs]; correlated (rho 0.6 before thresholding) within a locus."""
    haplotypes = []
    maf = np.repeat(rng.uniform(0.03, 0.5, LOCI), PER_LOCUS) * rng.uniform(0.7, 1.0, LOCI * PER_LOCUS)
    for _ in range(2):
        shared = np.repeat(rng.normal(size=(people, LOCI)), PER_LOCUS, axis=1)
        own = rng.normal(size=shared.shape)
        uniform = (np.sqrt(0.6) * shared + np.sqrt(0.4) * own).argsort(axis=0).argsort(axis=0) / people
        haplotypes.append(uniform < maf)
    return np.sum(haplotypes, axis=0).astype(np.int8)


def _factors(rng: np.random.Generator, counts: np.ndarray) -> np.ndarray:
    """Standardised factors [people, 3], 30 % of their variance from 20 causal SNPs of own loci."""
    loci = rng.permutation(LOCI)[: FACTORS * CAUSAL].reshape(FACTORS, CAUSAL)
    columns = []
    for own in loci:
        genetic = counts[:, own * PER_LOCUS + rng.integers(PER_LOCUS)].astype(float)
        genetic = ((genetic - genetic.mean(axis=0)) / genetic.std(axis=0)).sum(axis=1)
        columns.append(np.sqrt(0.3) * genetic / genetic.std() + np.sqrt(0.7) * rng.normal(size=len(counts)))
    return np.column_stack(columns)


def _people(rng: np.random.Generator, factors: np.ndarray) -> pd.DataFrame:
    """The participants table: a twentieth are pairs of siblings; the high group is the younger one."""
    people = len(factors)
    age = rng.uniform(45, 80, people)
    liability = factors.sum(axis=1) - 0.06 * (age - age.mean()) + rng.normal(size=people)
    high = liability.argsort().argsort() >= people - round(people * HIGH / PEOPLE)
    family = np.arange(people)
    pairs = np.flatnonzero(rng.random(people - 1) < 0.025)
    family[pairs + 1] = family[pairs]
    return pd.DataFrame(
        {
            "participant_id": [f"s{n:05d}" for n in range(people)],
            "age": age.round(1),
            "sex": rng.integers(0, 2, people).astype(np.int8),
            "site": rng.choice(["11025", "11026", "11027"], people),
            "head_size": rng.normal(1.3, 0.1, people),
            "pc1": rng.normal(size=people),
            "pc2": rng.normal(size=people),
            "outcome": np.where(high, 9, 5).astype(np.int16),
            "outcome_group": high.astype(np.int8),
            "has_image": True,
            "has_genotypes": True,
            "largest_ancestry": True,
            "unrelated": True,
            "family": [f"f{n:05d}" for n in family],
        }
    )


def _mixture(rng: np.random.Generator, sources: np.ndarray) -> np.ndarray:
    """512 non-negative features of the sources and of 40 dimensions of noise, float32."""
    noise = rng.normal(size=(len(sources), 40))
    mixed = sources @ rng.normal(size=(sources.shape[1], FEATURES)) + noise @ rng.normal(size=(40, FEATURES)) / 4
    return np.maximum(mixed + rng.normal(size=mixed.shape), 0).astype(np.float32)


def _save_head(h: np.ndarray, labels: np.ndarray, path: Path) -> None:
    """A linear head on the fit people's features, in the place of the network's own."""
    mean, sd = h.mean(axis=0), h.std(axis=0)
    model = LogisticRegression(C=1e-3, class_weight="balanced", max_iter=500).fit((h - mean) / sd, labels)
    weight = torch.tensor(model.coef_[0] / sd, dtype=torch.float32)
    bias = float(model.intercept_[0] - weight.double().numpy() @ mean)
    state = {"head.weight": torch.stack([0 * weight, weight]), "head.bias": torch.tensor([0.0, bias])}
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        torch.save({"state": state}, stream)


def _save(table: pd.DataFrame, path: Path) -> None:
    with atomic_path(path) as temporary:
        table.to_parquet(temporary, index=False)
