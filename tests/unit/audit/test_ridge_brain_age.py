"""Brain age by ridge regression: against scikit-learn's, and fitted on nobody but the fold's fit people."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from cgni.audit.ridge_brain_age import _PENALTIES, RidgeAge, ridge_brain_age
from cgni.audit.schemas import BRAIN_AGE
from cgni.base.errors import InputError
from cgni.base.tables import number_columns, write_table
from cgni.cohort.roles import fold_people
from cgni.cohort.settings import PeopleSettings
from cgni.fold_data.tables import StudyTables
from cgni.networks.schemas import FOLD_LINEAGE
from cgni.transfer.schemas import features_schema
from tests.unit.pretraining.made_up import splits_of

_IDS = [f"p{number:02d}" for number in range(60)]
_PEOPLE = PeopleSettings(
    fit_on="fit", encoders_on="labelled", pretrain_on="training", heads_on="fit", reference="development"
)


def _data(people: int, features: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((people, features)) * 100 + 1000
    return x, 60 + 0.05 * (x[:, 0] - 1000) + rng.standard_normal(people)


@pytest.mark.parametrize("shape", [(40, 5), (20, 50)])
def test_the_fit_is_scikit_learns_and_the_penalty_that_of_leaving_each_person_out(shape: tuple[int, int]) -> None:
    x, ages = _data(*shape)
    ours = RidgeAge.fit(x, ages)
    scaler = StandardScaler().fit(x)
    peer = Ridge(alpha=ours.penalty).fit(scaler.transform(x), ages)
    assert ours.predict(x) == pytest.approx(peer.predict(scaler.transform(x)), abs=1e-6)
    errors = {}
    for penalty in _PENALTIES:  # a model for each person, on the columns as all people scale them
        left = [
            Ridge(alpha=penalty).fit(np.delete(scaler.transform(x), one, 0), np.delete(ages, one))
            for one in range(len(x))
        ]
        errors[penalty] = np.mean(
            [(ages[one] - own.predict(scaler.transform(x)[[one]])[0]) ** 2 for one, own in enumerate(left)]
        )
    assert errors[min(_PENALTIES, key=lambda penalty: abs(penalty - ours.penalty))] == pytest.approx(
        min(errors.values()), rel=0.02
    )


def _tables(folder: Path, x: np.ndarray, ages: np.ndarray) -> StudyTables:
    features = pd.DataFrame(x.astype(np.float32), columns=number_columns("h", x.shape[1]))
    features.insert(0, "participant_id", _IDS)
    paths = [folder / f"fold{fold}.parquet" for fold in range(2)]
    for path in paths:
        write_table(features, path, features_schema(x.shape[1]), {})
    participants = pd.DataFrame({"participant_id": _IDS, "age": ages, "family": _IDS})
    for name, table in (
        ("participants", participants),
        ("splits", splits_of(_IDS, holdout=8).assign(monitor_1=False)),
        ("genotypes", participants),
    ):
        table.to_parquet(folder / f"{name}.parquet")
    return StudyTables(paths, [], *(folder / f"{name}.parquet" for name in ("genotypes", "participants", "splits")))


def test_each_fold_is_fitted_on_its_fit_people_and_scored_on_all_parts(tmp_path: Path) -> None:
    x, ages = _data(60, 4)
    ages[5] = np.nan
    tables = _tables(tmp_path, x, ages)
    scores, used = ridge_brain_age(tables, _PEOPLE)
    write_table(scores, tmp_path / "scores.parquet", BRAIN_AGE, {})
    write_table(used, tmp_path / "used.parquet", FOLD_LINEAGE, {})
    for fold in range(2):
        people = fold_people(tables.splits, fold)
        rows = [_IDS.index(one) for one in people.fit if one != "p05"]
        assert sorted(used.loc[used["fold"] == fold, "participant_id"]) == sorted(_IDS[row] for row in rows)
        fitted = RidgeAge.fit(x[rows].astype(np.float32), ages[rows])
        for split in ("fit", "validation", "holdout"):
            own = [_IDS.index(one) for one in getattr(people, split) if one != "p05"]
            row = scores[(scores["fold"] == fold) & (scores["split"] == split)].iloc[0]
            assert row["people"] == len(own)
            assert row["mae"] == pytest.approx(
                np.abs(fitted.predict(x[own].astype(np.float32)) - ages[own]).mean(), rel=1e-6
            )
            assert row["mae_of_mean"] == pytest.approx(np.abs(ages[rows].mean() - ages[own]).mean(), rel=1e-6)
    assert scores.query("split == 'holdout'")["r"].min() > 0.9


def test_others_do_not_change_a_fold(tmp_path: Path) -> None:
    x, ages = _data(60, 4)
    before, _ = ridge_brain_age(_tables(tmp_path, x, ages), _PEOPLE)
    tables = _tables(tmp_path, x, ages)
    unseen = [_IDS.index(one) for one in fold_people(tables.splits, 0).validation]
    x[unseen] *= 3
    after, _ = ridge_brain_age(_tables(tmp_path, x, ages), _PEOPLE)
    same = (before["fold"] == 0) & before["split"].isin(["fit", "monitor", "holdout"])
    pd.testing.assert_frame_equal(before[same], after[same])


def test_nobody_to_fit_on(tmp_path: Path) -> None:
    x, _ = _data(60, 2)
    with pytest.raises(InputError, match="brain age: 0 people of fold 0"):
        ridge_brain_age(_tables(tmp_path, x, np.full(60, np.nan)), _PEOPLE)
