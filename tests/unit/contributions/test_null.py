"""The permutation null of contributions."""

import numpy as np
import pandas as pd

from cgni.contributions.null import (
    adjusted,
    calibration,
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


def test_raised_features_are_called_and_others_are_not() -> None:
    rng = np.random.default_rng(2)
    null = _null(rng, 41, 200, 3)
    observed, background = null[0].copy(), null[1:]
    raised = rng.choice(200, 10, replace=False)
    observed[raised, 0] = background[:, raised].mean(axis=(0, 2)) + 8 * background[:, raised].std(axis=(0, 2))
    _, p = null_p(observed, background)
    called = adjusted(p) <= 0.05
    assert called[raised, 0].all()
    assert called.sum() <= 10 + 2


def test_missing_components_of_a_replicate_are_left_out() -> None:
    null = _null(np.random.default_rng(3), 20, 30, 2)
    null[4, :, 1] = np.nan
    z, p = null_p(null[0], null[1:])
    assert np.isfinite(z).all() and ((p > 0) & (p <= 1)).all()
