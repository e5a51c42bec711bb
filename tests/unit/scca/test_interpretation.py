"""Sparse CCA, matching, permutation p-values, occlusion and contributions."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from cgni.imaging.atlas import region_means
from cgni.contributions.calls import summarise
from cgni.scca.matching import match_components, orient, permutation_p
from cgni.scca.sparse import Standard, fit_sparse, search_grid, variate_correlations


def _planted(people: int = 400, nodes: int = 20, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal(people)
    x, y = rng.standard_normal((people, nodes)), rng.standard_normal((people, nodes))
    x[:, :3] += factor[:, None]
    y[:, :3] += factor[:, None]
    return Standard.fit(x).apply(x), Standard.fit(y).apply(y), factor


def test_sparse_cca_finds_the_planted_nodes() -> None:
    x, y, factor = _planted()
    fit = fit_sparse(x, y, 1, (0.4, 0.4), 200)
    assert set(np.flatnonzero(np.abs(fit.imaging[:, 0]) > 1e-8)) <= {0, 1, 2}
    assert abs(np.corrcoef(x @ fit.imaging[:, 0], factor)[0, 1]) > 0.8


def test_penalties_do_not_depend_on_the_scale_of_the_columns() -> None:
    x, y, _ = _planted()
    raw = x * 0.01
    same = fit_sparse(Standard.fit(raw).apply(raw), y, 1, (0.3, 0.3), 200)
    assert np.allclose(same.imaging, fit_sparse(x, y, 1, (0.3, 0.3), 200).imaging, atol=1e-6)


def test_full_penalty_leaves_no_component() -> None:
    x, y, _ = _planted()
    assert fit_sparse(x, y, 1, (1.5, 1.5), 200).imaging.shape[1] == 0


def test_grid_prefers_the_one_planted_component() -> None:
    x, y, _ = _planted(600)
    points = search_grid(x, y, np.arange(600), [1, 3], [0.3], 3, 100, 0)
    one, three = (next(p.score for p in points if p.components == n) for n in (1, 3))
    assert one > 0.5 and three < one + 0.3


def test_matching_undoes_permutation_and_signs() -> None:
    rng = np.random.default_rng(2)
    reference = rng.standard_normal((2, 200, 4))
    order, signs = np.array([2, 0, 3, 1]), np.array([1.0, -1.0, -1.0, 1.0])
    other = np.empty_like(reference)
    other[:, :, order] = reference * signs + 0.1 * rng.standard_normal(reference.shape)
    found, found_signs = match_components(reference, other)
    assert (found == order).all() and (found_signs == signs).all()


def test_orientation_makes_correlation_positive_and_rise_with_wm() -> None:
    rng = np.random.default_rng(3)
    score = rng.standard_normal(300)
    imaging, genetics = -score[:, None] + rng.standard_normal((300, 1)), score[:, None] + rng.standard_normal((300, 1))
    a, b = orient(imaging, genetics, score)
    assert a[0] == -1 and b[0] == 1
    assert variate_correlations(imaging * a, genetics * b)[0] > 0


def test_permutation_p_is_uniform_without_association() -> None:
    rng = np.random.default_rng(4)
    strata, families = np.repeat([0, 1], [50, 10]), np.r_[np.repeat(np.arange(5), 2), np.arange(10, 60)]
    p = [
        permutation_p(rng.standard_normal((60, 1)), rng.standard_normal((60, 1)), strata, families, 99, seed)[0]
        for seed in range(200)
    ]
    assert kstest(p, "uniform").pvalue > 0.01


def test_permutation_p_finds_a_correlation_and_corrects_over_components() -> None:
    x, y, _ = _planted(150)
    alone = np.zeros(150)
    strong = permutation_p(x[:, :2], y[:, :2], alone, np.arange(150), 199, 0)
    assert strong[0] == pytest.approx(1 / 200)


def test_region_means_equal_a_plain_loop() -> None:
    rng = np.random.default_rng(0)
    maps, labels = rng.random((3, 4, 5, 6)).astype(np.float16), rng.integers(0, 5, (4, 5, 6))
    means = region_means(iter(maps), labels, np.array([1, 3]))
    for person in range(3):
        for column, region in enumerate((1, 3)):
            assert means[person, column] == pytest.approx(maps[person][labels == region].astype(float).mean())


def test_contributions_call_by_the_published_rule() -> None:
    features = [f"r{n}" for n in range(30)]
    rows = []
    for fold in range(2):
        values = np.r_[10.0, np.tile([0.1, -0.1], 15)[:29]] * (fold + 1)
        rows.append(pd.DataFrame({"fold": fold, "component": 1, "feature": features, "contribution": values,
                                  "absolute": np.abs(values), "correlation": np.sign(values)}))  # fmt: skip
    table = summarise(pd.concat(rows), 2.5)
    consensus = table[table["fold"] == -1].set_index("feature")
    assert consensus.index[consensus["called_sd"]].tolist() == ["r0"]
    # z by hand: values 10, then 15 x .1 and 14 x -.1
    values = np.r_[10.0, np.tile([0.1, -0.1], 15)[:29]]
    assert consensus.loc["r0", "z"] == pytest.approx((10 - values.mean()) / values.std())
    assert consensus.loc["r0", "direction"] == "increase"
