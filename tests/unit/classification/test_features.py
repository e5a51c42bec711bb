"""What classifiers look at: columns in the order of the feature sets, for the people of the fold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.views import GENETICS, IMAGING
from cgni.classification.features import FeatureTables
from cgni.cohort.settings import ConfoundSettings
from tests.unit.fold_data.made_up import FOLDS, MadeUpStudy


def numbered(study: MadeUpStudy, *prefixes: str) -> pd.DataFrame:
    """Two columns a prefix, of everybody in another order, with values that tell fold, column and person."""
    parts = []
    for fold in range(FOLDS):
        people = study.participants["participant_id"][::-1].reset_index(drop=True)
        own = {"fold": fold, "participant_id": people}
        numbers = people.str[1:].astype(int)
        for place, prefix in enumerate(prefixes):
            own |= {f"{prefix}_{n}": 1000 * fold + 10 * place + n + numbers / 1024 for n in range(2)}
        parts.append(pd.DataFrame(own))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("on_disk", [False, True])
def test_columns_are_those_of_the_feature_sets_in_their_order(on_disk: bool, tmp_path: Path) -> None:
    study = MadeUpStudy()
    study.confounds = ConfoundSettings(remove="all", components=10)
    sources = {"embeddings": numbered(study, "imaging", "genetics"), "hidden": numbered(study, "hidden")}
    if on_disk:
        for name, table in sources.items():
            table.to_parquet(tmp_path / f"{name}.parquet")
        sources = {name: str(tmp_path / f"{name}.parquet") for name in sources}
    tables, data = FeatureTables(study, **sources), study.fold_data(1)
    names = ["genetics_embedding", "imaging", "genetics_hidden", "imaging_embedding", "genetics", "imaging_cleaned"]
    x = tables.inputs(names, data, 1, [])
    numbers = np.arange(len(data.ids)) / 1024
    expected = [1010 + numbers, 1011 + numbers, *data.raw[IMAGING].T]
    expected += [
        1000 + numbers,
        1001 + numbers,
        1000 + numbers,
        1001 + numbers,
        *data.raw[GENETICS].T,
        *data.views[IMAGING].T,
    ]
    np.testing.assert_array_equal(x, np.column_stack(expected).astype(np.float32))
    assert x.dtype == np.float32
    study.confounds = None
    with pytest.raises(ValueError, match="without the settings of confounds"):
        FeatureTables(study).inputs(["imaging_cleaned"], data, 1, [])


def test_confounds_have_an_indicator_for_each_but_the_first_site_of_the_fit_people() -> None:
    study = MadeUpStudy()
    study.participants["site"] = np.array(["b", "a", "c", "z"])[np.minimum(np.arange(160) % 4, 3)]
    tables, data = FeatureTables(study), study.fold_data(0)
    rows = np.flatnonzero(study.participants["site"] != "z")
    sites = tables.fit_sites(data, rows)
    assert sites == ["a", "b", "c"]
    x = tables.inputs(["confounds"], data, 0, sites)
    own = study.participants
    decades = (own["age"] - 60) / 10
    expected = [own["age"], decades**2, own["sex"], decades * (own["sex"] - 0.5), own["head_size"]]
    expected += [own["site"] == "b", own["site"] == "c"]
    np.testing.assert_array_equal(x, np.column_stack(expected).astype(np.float32))


def test_a_model_without_its_table_is_an_error() -> None:
    study = MadeUpStudy()
    with pytest.raises(ValueError, match="no table given for the columns hidden_0"):
        FeatureTables(study).inputs(["genetics_hidden"], study.fold_data(0), 0, [])
