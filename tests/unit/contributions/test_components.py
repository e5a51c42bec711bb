"""The gate, and the whole-pipeline p of components."""

import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import write_table
from cgni.contributions.components import component_tests, gated_components, replicate_maxima
from cgni.contributions.schemas import COMPONENT_TESTS
from cgni.contributions.settings import ContributionSettings
from cgni.scca.schemas import COMPONENTS

_SETTINGS = ContributionSettings(rule="permutation", null_encoders=200, null_components=100)


def _components(p: list[float], r: list[float]) -> pd.DataFrame:
    numbers = range(1, len(p) + 1)
    rest = {
        field.name: True if str(field.type) == "bool" else 1.0
        for field in COMPONENTS
        if field.name not in ("component", "n", "p", "r_out_of_fold")
    }
    return pd.DataFrame({"component": numbers, "p": p, "r_out_of_fold": r, "n": 80, **rest})


def _null(rng: np.random.Generator) -> list[pd.DataFrame]:
    """Three hundred replicates of two components in three folds, in two batches."""
    rows = pd.MultiIndex.from_product([range(300), range(3), [1, 2]], names=["replicate", "fold", "component"])
    table = rows.to_frame(index=False).assign(partial_r=rng.normal(0, 0.1, len(rows)), r=9.0, n=50)
    return [table[table["replicate"] < 200], table[table["replicate"] >= 200]]


def test_a_component_is_gated_by_its_study_wide_p(tmp_path) -> None:
    tests = component_tests(_components([0.01, 0.05, 0.2, np.nan], [0.5, 0.3, 0.0, 0.0]), [], _SETTINGS)
    assert gated_components(tests) == [1, 2] and tests["gated"].tolist() == [True, True, False, False]
    write_table(tests, tmp_path / "components.parquet", COMPONENT_TESTS, {})
    # significant in the holdout, but not what the folds' own unseen people show
    against = component_tests(_components([0.01, 0.01], [0.2, -0.1]), [], _SETTINGS)
    assert gated_components(against) == [1]
    strict = ContributionSettings(rule="permutation", gate=0.02)
    assert gated_components(component_tests(tests, [], strict)) == [1]


def test_the_pipeline_p_is_the_rank_among_the_largest_component_of_replicates() -> None:
    null = _null(np.random.default_rng(0))
    tests = component_tests(_components([0.01, 0.5], [0.1, -0.02]), null, _SETTINGS)
    means = pd.concat(null).pivot_table(index="replicate", columns="component", values="partial_r", aggfunc="mean")
    largest = means.max(axis=1).to_numpy()
    # 300 replicates are enough for the plain empirical p
    expected = [(1 + (largest >= r).sum()) / 301 for r in (0.1, -0.02)]
    assert tests["p_pipeline"].tolist() == pytest.approx(expected) and (tests["replicates"] == 300).all()
    assert 0 < expected[0] < expected[1] < 1


def test_replicates_without_weights_count_as_the_smallest() -> None:
    null = [table[table["replicate"] != 4] for table in _null(np.random.default_rng(1))]
    maxima = replicate_maxima(null, 300)
    assert len(maxima) == 300 and np.flatnonzero(np.isnan(maxima)).tolist() == [4]
    assert component_tests(_components([0.5], [-9.0]), null, _SETTINGS)["p_pipeline"].tolist() == [300 / 301]


def test_without_replicates_there_is_no_pipeline_p() -> None:
    settings = ContributionSettings(rule="sd", null_encoders=0, null_components=0)
    tests = component_tests(_components([0.5], [0.1]), [], settings)
    assert tests["p_pipeline"].isna().all() and tests["replicates"].tolist() == [0]
