"""Confounds of a fold kept for other people: the same values as those that the fold itself took out."""

import numpy as np
import pandas as pd
import pytest

from cgni.application.archive import Archive, checkpoint_bytes, write_archive
from cgni.application.confounds import FoldConfounds
from cgni.base.views import VIEWS
from cgni.cohort.settings import ConfoundSettings
from cgni.fold_data.people import FoldData, remove_confounds

_SETTINGS = ConfoundSettings(remove="all", components=10)
_COUNT = 120


def _people(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant_id": [f"p{number:03d}" for number in range(_COUNT)],
            "age": rng.normal(60, 8, _COUNT),
            "sex": rng.integers(0, 2, _COUNT),
            "head_size": rng.normal(1.3, 0.1, _COUNT),
            "site": np.where(np.arange(_COUNT) < 3, "rare", rng.choice(["x", "y"], _COUNT)),
            "pc1": rng.normal(0, 1, _COUNT),
            "category_batch": rng.choice(["a", "b", "c"], _COUNT),
        }
    )


def _data(people: pd.DataFrame, rng: np.random.Generator) -> FoldData:
    raw = {view: rng.normal(0, 1, (_COUNT, 3)).astype(np.float32) + people[["age"]].to_numpy("f4") for view in VIEWS}
    ids, part = pd.Index(people["participant_id"]), np.where(np.arange(_COUNT) < 90, "fit", "holdout")
    views = remove_confounds(raw, people, ids, part == "fit", _SETTINGS)
    return FoldData(ids, part, np.zeros(_COUNT, int), views, [], raw_views=raw)


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[FoldData, pd.DataFrame, FoldConfounds]:
    rng = np.random.default_rng(1)
    people = _people(rng)
    data = _data(people, rng)
    fitted = FoldConfounds.fit(data, people, _SETTINGS)
    path = tmp_path_factory.mktemp("bundle") / "x.cgni"
    assert fitted is not None
    write_archive({"c.ckpt": checkpoint_bytes(fitted.state())}, {"folds": 1}, path)
    restored = FoldConfounds.of(Archive.read(path).checkpoint("c.ckpt"))
    assert restored is not None
    return data, people, restored


def test_the_holdout_gets_the_views_that_the_fold_gave_it(
    kept: tuple[FoldData, pd.DataFrame, FoldConfounds],
) -> None:
    """The reference is `remove_confounds`, which makes coefficients and removes them in one call."""
    data, people, confounds = kept
    rows = data.part == "holdout"
    raw = {view: data.raw[view][rows] for view in VIEWS}
    removed = confounds.removed(raw, people[rows], data.ids[rows])
    for view in VIEWS:
        np.testing.assert_allclose(removed[view], data.views[view][rows], rtol=1e-5, atol=1e-4)


def test_levels_are_those_of_the_study_whoever_is_there(
    kept: tuple[FoldData, pd.DataFrame, FoldConfounds],
) -> None:
    """One person alone, whose category would be the first of its table, and everybody give the same row."""
    data, people, confounds = kept
    everybody = confounds.design(people, data.ids)
    for row in (0, 5, 77):
        alone = confounds.design(people.iloc[[row]], data.ids[[row]])
        np.testing.assert_allclose(alone[0], everybody[row])


def test_unknown_confounds_count_as_the_mean(kept: tuple[FoldData, pd.DataFrame, FoldConfounds]) -> None:
    data, people, confounds = kept
    without = people.drop(columns="pc1")
    place = confounds.model.names.index("pc1")
    assert (confounds.design(without, data.ids)[:, place] == 0).all()
    assert confounds.unknown(without, data.ids)["pc1"] == 1.0


def test_a_site_of_few_people_is_not_named(kept: tuple[FoldData, pd.DataFrame, FoldConfounds]) -> None:
    _, _, confounds = kept
    assert "rare" not in confounds.model.sites and not any("rare" in name for name in confounds.model.names)


def test_nothing_is_removed_where_the_study_removes_nothing() -> None:
    rng = np.random.default_rng(1)
    people = _people(rng)
    assert FoldConfounds.fit(_data(people, rng), people, ConfoundSettings(remove="none", components=10)) is None
    assert FoldConfounds.of({}) is None
