"""One correlation and one p a component in the holdout, and how far the folds agree."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.cohort.confounds import confound_columns, residualise, site_levels
from cgni.networks.scaling import Scaling
from cgni.scca import schemas
from cgni.scca.components import component_table, fold_agreement, people_needed
from cgni.scca.fold import FoldEmbeddings, FoldScca
from cgni.scca.inference import HoldoutVariates, PairingTest
from cgni.scca.settings import SccaSettings
from cgni.scca.sparse import SparseFit
from cgni.scca.tables import correlation_table

_SETTINGS = SccaSettings(fit_on="monitor", l1_ratio=1.0)
_PEOPLE = 300


def _participants(rng: np.random.Generator, cline: np.ndarray) -> pd.DataFrame:
    """With `cline` as the first genetic component."""
    return pd.DataFrame(
        {
            "participant_id": [f"p{number:03d}" for number in range(_PEOPLE)],
            "largest_ancestry": rng.random(_PEOPLE) < 0.9,
            "age": rng.uniform(45, 80, _PEOPLE),
            "sex": rng.integers(0, 2, _PEOPLE),
            "head_size": rng.normal(1.3, 0.1, _PEOPLE),
            "site": rng.choice(["11025", "11026"], _PEOPLE),
            "pc1": cline,
        }
    )


def _fold(views: dict[str, np.ndarray], number: int, columns: list[int], noise: float = 0.0) -> FoldScca:
    """A fold whose variates are columns of the views, as the components of those numbers."""
    rng = np.random.default_rng(100 + number)
    part = np.full(_PEOPLE, "fit", dtype=object)
    part[200:] = "holdout"
    part[number * 50 : number * 50 + 50] = "validation"
    part[100:150] = "monitor"
    noisy = {view: values + noise * rng.standard_normal(values.shape) for view, values in views.items()}
    nodes = views[IMAGING].shape[1]
    people = FoldEmbeddings(
        ids=pd.Index([f"p{row:03d}" for row in range(_PEOPLE)]),
        part=part,
        outcome=np.full(_PEOPLE, np.nan),
        outcome_group=np.full(_PEOPLE, -1),
        family=np.arange(_PEOPLE) // 2,
        seen=part == "fit",
        views=noisy,
    )
    picked = {view: np.eye(nodes)[:, columns] for view in VIEWS}
    fit = SparseFit(picked, np.array([column != 2 for column in columns]), np.array(columns) + 1)
    return FoldScca(people, {view: Scaling(np.zeros(nodes), np.ones(nodes)) for view in VIEWS}, fit)


@pytest.fixture(scope="module")
def made() -> tuple[list[FoldScca], pd.DataFrame]:
    """Two folds; component 1 is shared by the views, 2 by a cline alone, 3 by nothing and not in the second fold."""
    rng = np.random.default_rng(0)
    shared, cline = rng.standard_normal((2, _PEOPLE, 1))
    views = {}
    for view in VIEWS:
        views[view] = rng.standard_normal((_PEOPLE, 3))
        views[view][:, [0]] += shared
        views[view][:, [1]] += 1.5 * cline
    folds = [_fold(views, 0, [0, 1, 2]), _fold(views, 1, [0, 1], noise=0.5)]
    return folds, _participants(rng, cline[:, 0])


def test_holdout_variates_are_means_over_the_folds_that_have_the_component(made) -> None:
    folds, _ = made
    found = HoldoutVariates.of(folds)
    assert found.ids.tolist() == [f"p{row:03d}" for row in range(200, 300)]
    assert found.family.tolist() == [row // 2 for row in range(200, 300)]
    first, second = (fold.people.views[GENETICS][200:] for fold in folds)
    both = [(own[:, 0] - own[:, 0].mean()) / own[:, 0].std() for own in (first, second)]
    expected = both[0] + both[1]
    assert np.allclose(found.views[GENETICS][:, 0], expected / expected.std())
    alone = first[:, 2] - first[:, 2].mean()
    assert np.allclose(found.views[GENETICS][:, 2], alone / alone.std())


def test_folds_with_other_holdout_people_are_an_error(made) -> None:
    folds, _ = made
    part = folds[1].people.part.copy()
    part[210] = "fit"
    other = dataclasses.replace(folds[1], people=dataclasses.replace(folds[1].people, part=part))
    with pytest.raises(InputError, match="different holdout people"):
        HoldoutVariates.of([folds[0], other])


def test_a_cline_makes_no_finding_and_a_shared_factor_does(made) -> None:
    folds, participants = made
    holdout = HoldoutVariates.of(folds)
    r, p = PairingTest(participants, 10, 999).run(holdout.ids, holdout.family, holdout.views, 0)
    assert p[0] < 0.01 and p[1] > 0.05 and p[2] > 0.05
    confounds = confound_columns(participants, holdout.ids, site_levels(participants, holdout.ids)).to_numpy()
    left = [residualise(holdout.views[view], confounds) for view in VIEWS]
    assert r == pytest.approx([np.corrcoef(left[0][:, k], left[1][:, k])[0, 1] for k in range(3)])


def test_too_few_people_for_the_confounds_give_no_p(made) -> None:
    folds, participants = made
    holdout = HoldoutVariates.of(folds)
    for few in (2, 6):
        views = {view: values[:few] for view, values in holdout.views.items()}
        found = PairingTest(participants, 10, 99).run(holdout.ids[:few], holdout.family[:few], views, 0)
        assert all(np.isnan(values).all() and len(values) == 3 for values in found)


def test_the_table_of_components(made, tmp_path) -> None:
    folds, participants = made
    test = PairingTest(participants, 10, 999)
    correlations = correlation_table(folds, test, 0)
    table = component_table(folds, correlations, test, _SETTINGS, 0)
    write_table(table, tmp_path / "components.parquet", schemas.COMPONENTS, {})
    assert table["component"].tolist() == [1, 2, 3] and (table["n"] == 100).all() and (table["n_fit"] == 50).all()
    assert table["folds"].tolist() == [2, 2, 1] and table["converged"].tolist() == [True, True, False]
    assert table["p"].iloc[0] < 0.01 < table["p"].iloc[1:].min()
    # the cline is in r and not in the partial r
    assert table["r"].iloc[1] > 0.4 and abs(table["partial_r"].iloc[1]) < 0.25
    tested = correlations[correlations["p"].notna()]
    assert table["r_out_of_fold"].iloc[0] == pytest.approx(tested.query("component == 1")["partial_r"].mean())
    assert (component_table(folds, correlations, test, _SETTINGS, 0)["p"] == table["p"]).all()


def test_people_needed_follow_the_published_model() -> None:
    # gemmr's cca_sample_size: exp(.8414 - 2.3143 log r + 1.0301 log(features))
    assert people_needed(np.array([0.3]), 200)[0] == pytest.approx(8_800, rel=0.02)
    needed = people_needed(np.array([0.5, 0.3, 0.1, 0.0, -0.2, np.nan]), 20)
    assert (np.diff(needed[:3]) > 0).all() and np.isnan(needed[3:]).all()
    # "about 50 samples per feature" at r = .3 (Helmer et al. 2024)
    assert 35 < needed[1] / 20 < 50


def test_folds_agree_where_their_variates_do(made) -> None:
    first, _ = made[0]
    same = fold_agreement([first, first], 3)
    for view in VIEWS:
        assert np.allclose(same[f"angle_{view}"], 0, atol=1e-4) and np.allclose(same[f"agreement_{view}"], 1)
    assert all(np.isnan(values).all() for values in fold_agreement([first], 3).values())
    # against the other fold's third column in place of the second: a right angle up to chance
    turned = dataclasses.replace(
        first, fit=SparseFit({view: np.eye(3)[:, [0, 2]] for view in VIEWS}, np.ones(2, bool), np.array([1, 2]))
    )
    other = fold_agreement([first, turned], 3)
    assert other["angle_imaging"][0] == pytest.approx(0, abs=1e-4) and other["angle_imaging"][1] > 60
    assert np.isnan(other["angle_imaging"][2]) and abs(other["agreement_imaging"][1]) < 0.4
