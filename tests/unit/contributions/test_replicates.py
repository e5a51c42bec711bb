"""A real measurement and a null replicate on a small made-up cohort, through all their steps."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cgni.occlusion.measure import FoldMeasurement, fold_contributions
from cgni.occlusion.people import occluded_ids
from cgni.occlusion.region_features import RegionFeatures
from cgni.contributions.replicates import null_replicate
from cgni.scca.tables import correlation_table, fold_scca, restore_fit, weight_table
from cgni.scca.study import FoldScca, fit_study
from cgni.contrastive.fit import embed, fit_encoders
from cgni.fold_data.people import FoldData, fold_parts

_CFG = {
    "contrastive": {
        "weights": {"vg": 0.7, "gv": 0.3, "gg": 0.4}, "include_positive": True, "reduction": "mean",
        "normalise": True, "temperature": 1.0, "imaging_layers": [8], "genetic_layers": [8], "activation": "relu",
        "dropout": 0.0, "l1": 0.0, "batch_size": 40, "epochs": 15, "learning_rate": 1e-2, "weight_decay": 1e-2,
        "patience": 15, "optimiser": "adam",
    },
    "people": {"fit_on": "fit"},
    "scca": {"components": [1, 2], "penalties": [0.3], "fit_on": "monitor", "inner_folds": 2, "max_iterations": 50,
             "l1_ratio": 0.5},
    "occlusion": {"baseline": "mean", "node": "variate"},
}  # fmt: skip
_PEOPLE, _FEATURES, _SNPS, _REGIONS = 600, 6, 12, 5


@pytest.fixture(scope="module")
def cohort() -> tuple[list[FoldData], list[RegionFeatures], pd.DataFrame, pd.DataFrame]:
    """Two folds of people whose first feature and first SNP share a factor; region r is feature r."""
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
        {"participant_id": ids, "family": ids, "largest_ancestry": rng.random(_PEOPLE) < 0.9, "wm_group": labels,
         "wm_score": score, "age": rng.uniform(45, 80, _PEOPLE), "sex": rng.integers(0, 2, _PEOPLE),
         "head_size": rng.normal(1.3, 0.1, _PEOPLE), "site": "11025"}
    )  # fmt: skip
    folds, regions = [], []
    for number in range(2):
        folds.append(FoldData(ids, fold_parts(splits, number, ids), labels, h, counts, [f"s{n}" for n in range(_SNPS)]))
        chosen, training = occluded_ids(splits, number, ids, "validation", 100, 1)
        rows = ids.get_indexer(chosen)
        occluded = np.repeat(h[rows, None], _REGIONS, axis=1)
        for region in range(_REGIONS):
            occluded[:, region, region] = h[ids.get_indexer(training), region].mean()
        names = np.array([f"r{n}" for n in range(_REGIONS)])
        means = h[rows, :_REGIONS].astype(float)
        regions.append(
            RegionFeatures(chosen.to_numpy().astype(str), names, np.ones(_REGIONS, int), means, h[rows], occluded)
        )
    return folds, regions, participants, splits


def test_occluded_people_are_the_folds_validation_people(cohort) -> None:
    folds, regions, _, splits = cohort
    ids, training = occluded_ids(splits, 0, folds[0].ids, "validation", None, 0)
    assert set(ids) == set(folds[0].ids[folds[0].part == "validation"])
    assert set(training) == set(folds[0].ids[np.isin(folds[0].part, ["fit", "monitor"])])
    assert len(regions[0].ids) == 100 and set(regions[0].ids) <= set(ids)


@pytest.mark.parametrize(
    ("fit_on", "expected"),
    [("monitor", "monitor"), ("training", "fit low, fit none, monitor"), ("unseen", "fit none, monitor")],
)
def test_sparse_cca_is_fitted_on_the_people_that_its_option_names(fit_on: str, expected: str) -> None:
    kinds = {
        "fit low": ("fit", 0), "fit none": ("fit", -1), "monitor": ("monitor", 1),
        "validation": ("validation", -1), "holdout": ("holdout", -1),
    }  # fmt: skip
    part, group = (np.array(values) for values in zip(*kinds.values(), strict=True))
    ids, nodes = pd.Index(list(kinds)), np.zeros((5, 2))
    fold = FoldScca(ids, part, np.full(5, np.nan), group, ids.to_numpy(), nodes, nodes)
    assert ", ".join(fold.ids[fold.fitted_rows(fit_on)]) == expected


def test_the_shared_snp_and_region_stand_out_and_not_under_the_null(cohort) -> None:
    folds, regions, participants, splits = cohort
    pairs = [fit_encoders(data, "terms12", _CFG["contrastive"], "fit", 3)[0] for data in folds]
    sccas = [
        fold_scca(embed(pair, data), participants, splits, number)
        for number, (pair, data) in enumerate(zip(pairs, folds, strict=True))
    ]
    grid = fit_study(sccas, _CFG["scca"], 0)
    table = correlation_table(sccas, participants, 199, 0)
    unseen = table[(table["split"] == "validation") & (table["group"] == "all") & (table["component"] == 1)]
    true, shuffled = (unseen.loc[unseen["pairing"] == kind, "r"].mean() for kind in ("true", "shuffled"))
    assert true > 0.4 and abs(shuffled) < 0.05 and unseen["p"].dropna().max() < 0.05

    found = {"region": [], "snp": []}
    for number, (pair, data, scca) in enumerate(zip(pairs, folds, sccas, strict=True)):
        own = FoldMeasurement(pair, data, scca, regions[number])
        for modality in found:
            found[modality].append(fold_contributions(own, number, modality, "mean", "variate"))
    for modality, best in (("region", "r0"), ("snp", "s0")):
        first = pd.concat(found[modality]).query("component == 1").groupby("feature")["absolute"].mean()
        assert first.idxmax() == best and first.max() > 3 * first.drop(best).max()

    shares, correlations = null_replicate(
        0, folds, regions, participants, splits, grid[grid["chosen"]], "terms12", _CFG, 5
    )
    assert set(shares["modality"]) == {"region", "snp"} and set(shares["fold"]) == {-1, 0, 1}
    assert np.allclose(shares.groupby(["modality", "fold", "component"])["share"].mean(), 1.0)
    assert correlations["r"].abs().max() < 0.35 and set(correlations["fold"]) == {0, 1}
    again, _ = null_replicate(0, folds, regions, participants, splits, grid[grid["chosen"]], "terms12", _CFG, 5)
    pd.testing.assert_frame_equal(shares, again)


def test_a_fit_comes_back_from_its_table(cohort) -> None:
    folds, _, participants, splits = cohort
    pair = fit_encoders(folds[0], "terms12", _CFG["contrastive"], "fit", 3)[0]
    scca = fold_scca(embed(pair, folds[0]), participants, splits, 0)
    other = dataclasses.replace(scca)
    fit_study([scca], _CFG["scca"], 0)
    weights = weight_table([scca], _CFG["scca"], 0)
    restore_fit(other, weights)
    assert np.allclose(other.variates(), scca.variates()) and (other.fit.numbers == scca.fit.numbers).all()
    assert weights["stability"].between(0, 1).all()
    strongest = weights.loc[weights.groupby(["modality", "component"])["weight"].apply(lambda w: w.abs().idxmax())]
    assert (strongest["stability"] >= 0.5).all()
