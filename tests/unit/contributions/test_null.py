"""The permutation null of contributions."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from cgni.cohort.strata import pc_strata
from cgni.contributions.null import (
    calibration,
    can_judge,
    null_arrays,
    null_p,
    null_scores,
    shares,
    shuffled_genotypes,
)


def _people(families: list[str], ancestry: list[bool], folds: list[int]) -> tuple[pd.Index, pd.DataFrame, pd.DataFrame]:
    ids = pd.Index([f"p{n:02d}" for n in range(len(folds))])
    participants = pd.DataFrame({"participant_id": ids, "family": families, "largest_ancestry": ancestry})
    role = ["holdout" if fold < 0 else "development" for fold in folds]
    return ids, participants, pd.DataFrame({"participant_id": ids, "role": role, "fold": folds})


def test_genotypes_move_within_fold_ancestry_and_family_size() -> None:
    families = [f"F{n // 2}" if n < 20 else f"S{n}" for n in range(60)]
    ancestry, folds = [n < 50 for n in range(60)], [(n // 2) % 3 if n < 54 else -1 for n in range(60)]
    ids, participants, splits = _people(families, ancestry, folds)
    seen = set()
    for replicate in range(20):
        order = shuffled_genotypes(ids, participants, splits, 7, replicate)
        assert sorted(order) == list(range(60)), "a permutation"
        assert (np.array(folds)[order] == folds).all() and (np.array(ancestry)[order] == ancestry).all()
        assert (order[54:] == np.arange(54, 60)).all(), "the holdout keeps its genotypes"
        for first in range(0, 20, 2):  # whole families trade places
            assert families[order[first]] == families[order[first + 1]]
        seen.add(tuple(order))
    assert len(seen) == 20
    again = shuffled_genotypes(ids, participants, splits, 7, 3)
    assert (again == shuffled_genotypes(ids, participants, splits, 7, 3)).all()


def test_genotypes_move_within_strata_of_components() -> None:
    """Pairs of relatives move among pairs of their strata, single people among single ones."""
    rng, count = np.random.default_rng(4), 800
    families = [f"F{n // 2}" if n < 200 else f"S{n}" for n in range(count)]
    folds = [(n // 2) % 2 for n in range(count)]
    ids, participants, splits = _people(families, [True] * count, folds)
    cline = np.repeat(rng.uniform(0, 1, count // 2), 2) + rng.normal(0, 0.01, count)
    participants = participants.assign(pc1=cline, pc2=rng.normal(0, 0.05, count))
    order = shuffled_genotypes(ids, participants, splits, 7, 0)
    assert sorted(order) == list(range(count)) and (order != np.arange(count)).mean() > 0.9
    rows = np.arange(count)
    for fold in (0, 1):
        for relatives in (True, False):
            own = rows[(np.array(folds) == fold) & ((rows < 200) == relatives)]
            first = own[::2] if relatives else own
            strata = pd.Series(pc_strata(participants, ids[first]), index=first)
            assert strata.nunique() == (1 if relatives else 4), "50 pairs and 300 single people, at least 40 a stratum"
            assert (strata[order[first]].to_numpy() == strata.to_numpy()).all()
    assert np.corrcoef(cline[order], cline)[0, 1] > 0.7, "the cline stays where it was"
    without = shuffled_genotypes(ids, participants.drop(columns=["pc1", "pc2"]), splits, 7, 0)
    assert abs(np.corrcoef(cline[without], cline)[0, 1]) < 0.15, "and would not without strata"


def test_shares_by_hand() -> None:
    table = pd.DataFrame(
        {"component": 1, "fold": [0, 0, 1, 1], "feature": ["a", "b"] * 2, "absolute": [3.0, 1.0, 2.0, 2.0]}
    )
    found = shares(table).set_index(["fold", "feature"])["share"]
    assert found[(0, "a")] == 1.5 and found[(1, "b")] == 1.0 and found[(-1, "a")] == 1.25 and found[(-1, "b")] == 0.75


def test_strong_features_do_not_push_the_others_below_the_null() -> None:
    """Shares of 100 features, 12 of them strong: few of the other 88 may be lost to the fixed mean."""
    rng = np.random.default_rng(0)
    size = rng.uniform(0.2, 4, 100)

    def cohort(strength: np.ndarray) -> np.ndarray:
        absolute = size * strength * rng.gamma(20, 0.05, 100)
        names = [f"f{number:02d}" for number in range(100)]
        table = shares(pd.DataFrame({"component": 1, "fold": 0, "feature": names, "absolute": absolute}))
        return table.loc[table["fold"] == 0, "share"].to_numpy()[:, None]

    null = np.stack([cohort(np.ones(100)) for _ in range(40)])
    strength = np.r_[np.full(12, 2.5), np.ones(88)]
    p = np.stack([null_p(cohort(strength), null)[1][:, 0] for _ in range(20)])
    assert 0.015 <= (p[:, 12:] < 0.05).mean() <= 0.08, "5 % are due; without centring 0.7 % are left"
    assert (p[:, :12] < 0.05).mean() > 0.95


def _null(rng: np.random.Generator, replicates: int, features: int, components: int) -> np.ndarray:
    """Features of very different size and spread, as regions are."""
    size, spread = rng.uniform(0.2, 4, features), rng.uniform(0.05, 0.6, features)
    noise = rng.gamma(4, 0.25, (replicates, features, components)) - 1
    return size[:, None] * (1 + spread[:, None] * noise)


def test_p_is_uniform_under_the_null_whatever_a_features_size() -> None:
    rng = np.random.default_rng(1)
    null = _null(rng, 40, 200, 3)
    assert 0.03 <= calibration(null, 0.05) <= 0.07
    p = null_p(null[0], np.delete(null, 0, axis=0))[1]
    assert 0.4 < p.mean() < 0.6
    large = np.argsort(null.mean(axis=(0, 2)))[-50:]
    scores = null_scores(null)
    assert abs(scores[:, large].mean() - scores.mean()) < 0.05 and abs(scores.std() - 1) < 0.1
    assert np.abs(np.median(scores, axis=1)).max() < 1e-9


def test_scores_of_the_null_are_those_of_replicates_left_out_one_by_one() -> None:
    null = _null(np.random.default_rng(5), 6, 9, 3)
    null[2, :, 1:] = np.nan
    found = null_scores(null)
    for replicate, own in enumerate(null):
        rest = np.delete(null, replicate, axis=0)
        z = (own - np.nanmean(rest, axis=(0, 2))[:, None]) / np.nanstd(rest, axis=(0, 2), ddof=1)[:, None]
        assert np.allclose(found[replicate], z - np.median(z, axis=0), equal_nan=True)


def test_raised_features_have_small_p_and_others_have_not() -> None:
    rng = np.random.default_rng(2)
    null = _null(rng, 41, 200, 3)
    observed, background = null[0].copy(), null[1:]
    raised = rng.choice(200, 10, replace=False)
    observed[raised, 0] = background[:, raised].mean(axis=(0, 2)) + 8 * background[:, raised].std(axis=(0, 2))
    called = false_discovery_control(null_p(observed, background)[1].ravel()).reshape(200, 3) <= 0.05
    assert called[raised, 0].all()
    assert called.sum() <= 10 + 2


def test_shares_stand_at_their_replicate_feature_and_component() -> None:
    rows = [(-1, 4, "b", 1, 2.0), (-1, 4, "a", 2, 3.0), (2, 9, "a", 1, 5.0)]
    null = pd.DataFrame(rows, columns=["fold", "replicate", "feature", "component", "share"])
    found = null_arrays(null, ["a", "b"])
    expected = np.full((2, 2, 2, 2), np.nan)  # fold, replicate, feature, component
    expected[0, 0, 1, 0], expected[0, 0, 0, 1], expected[1, 1, 0, 0] = 2.0, 3.0, 5.0
    assert sorted(found) == [-1, 2] and np.array_equal(np.stack([found[-1], found[2]]), expected, equal_nan=True)
    assert null_arrays(null.iloc[:0], ["a", "b"]) == {}


@pytest.mark.parametrize(
    ("replicates", "components", "enough"), [(0, 3, False), (1, 5, False), (2, 1, False), (2, 2, True), (3, 1, True)]
)
def test_a_replicate_is_judged_by_two_values_of_others(replicates: int, components: int, enough: bool) -> None:
    assert can_judge(np.ones((replicates, 4, components))) == enough


def test_missing_components_of_a_replicate_are_left_out() -> None:
    null = _null(np.random.default_rng(3), 20, 30, 2)
    null[4, :, 1] = np.nan
    z, p = null_p(null[0], null[1:])
    assert np.isfinite(z).all() and ((p > 0) & (p <= 1)).all()
