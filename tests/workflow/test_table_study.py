"""The tiny study on a table of imaging features, from the simulated lab's files to the report."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import read_table
from cgni.cohort.confounds import residualise
from tests.workflow.study import Study, copy_repository

pytestmark = pytest.mark.slow
OVERLAYS = ("tests/tiny.yaml", "tests/table.yaml")
# folders of stages, and rules, of which nothing may be there
NOT_THERE = ("pretraining", "transfer", "imaging/store", "classification/imaging_cnn")
UNPLANNED = {"pretrain_brain_age", "finetune_wm", "extract_features", "pack_gm_store", "check_gm_quality"}


@dataclass(frozen=True)
class Finished:
    """The study, and the jobs that were planned for it."""

    study: Study
    planned: dict[str, int]

    @property
    def results(self) -> Path:
        return self.study.folder / "results-table"

    def table(self, name: str) -> pd.DataFrame:
        return read_table(self.results / name)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    study = Study(copy_repository(tmp_path_factory.mktemp("table") / "study"), OVERLAYS)
    planned = study.planned()
    run = study.snakemake()
    assert run.returncode == 0, run.stdout[-6000:]
    return Finished(study, planned)


def test_no_map_and_no_network_is_made(finished: Finished) -> None:
    assert not UNPLANNED & set(finished.planned)
    assert not [name for name in NOT_THERE if (finished.results / name).exists()]
    assert list((finished.results / "simulation/images").iterdir()) == []
    assert finished.study.planned() == {}


def test_features_bear_their_names_and_units_in_all_tables(finished: Finished) -> None:
    columns = finished.table("imaging/table/columns.parquet")
    assert len(columns) == 116 and "Hippocampus_L (ml)" in set(columns["name"])
    for name in ("occlusion/imaging.parquet", "contributions/contributions.parquet"):
        table = finished.table(name)
        own = table if "view" not in table else table[table["view"] == "imaging"]
        assert set(own["feature"]) == set(columns["name"]), name
    regions = finished.table("contributions/directions.parquet").query("kind == 'region_variate'")
    assert set(regions["feature"]) <= set(columns["name"])
    assert "Imaging feature" in pd.read_csv(finished.results / "tables/table5.csv").columns
    page = (finished.results / "report.html").read_text()
    assert "Imaging features come from a table" in page and "by a ridge regression on the features" in page
    assert "Logistic imaging model" in page and "Imaging CNN" not in page


def test_whoever_lacks_features_is_counted(finished: Finished) -> None:
    defects = finished.table("simulation/truth/images.parquet")["participant_id"]
    people = finished.table("cohort/participants.parquet").query("has_image")["participant_id"]
    left = finished.table("imaging/table/features.parquet")["participant_id"]
    assert set(people) - set(left) == set(defects) & set(people) != set()
    attrition = pd.read_csv(finished.results / "tables/attrition.csv").set_index("step")
    row = attrition.loc["without too many of their features"]
    assert row["removed"] == len(people) - len(left) and row["left"] == len(left)
    for fold in range(2):
        features = finished.table(f"imaging/table/fold{fold}/features.parquet")
        assert features["participant_id"].tolist() == left.tolist() and not features.isna().any().any()


def test_brain_age_is_regressed_on_fit_people_alone(finished: Finished) -> None:
    lineage = finished.table("audit/lineage.parquet")
    own = lineage[lineage["rule"] == "regress_brain_age"]
    assert len(own) == 2 and own["clean"].all() and set(own["use"]) == {"fit"}
    scores = finished.table("audit/brain_age_ridge.parquet")
    unseen = scores[scores["split"] == "validation"]
    assert (unseen["mae"] < 0.95 * unseen["mae_of_mean"]).all(), unseen


def test_planted_features_follow_their_factor_and_no_others_do(finished: Finished) -> None:
    """The simulator's own measure: partial r of each volume with each factor, whatever the tiny study finds."""
    features = finished.table("imaging/table/features.parquet").set_index("participant_id")
    features.columns = finished.table("imaging/table/columns.parquet")["feature"]
    truth = finished.table("simulation/truth/people.parquet").set_index("participant_id").loc[features.index]
    confounds = truth[["age", "sex", "head_size", "population"]].assign(site=pd.factorize(truth["site"])[0])
    left = residualise(features.fillna(features.mean()).to_numpy(), confounds.to_numpy(float))
    factors = truth.filter(regex="^factor_").to_numpy()
    r = np.corrcoef(left, factors, rowvar=False)[: left.shape[1], left.shape[1] :]
    planted = finished.table("simulation/truth/regions.parquet")
    rows = [features.columns.get_loc(f"region_{region}") for region in planted["region"]]
    own = r[rows, planted["factor"].astype(int)] * planted["sign"]
    assert own.min() > 0.6, own
    assert np.abs(np.delete(r, rows, axis=0)).max() < 0.4
    recovery = finished.table("audit/recovery.parquet").set_index(["who", "quantity"])
    assert recovery.loc[("oracle", "region recall"), "n"] == len(planted)
    assert recovery.loc[("oracle", "region precision"), "value"] > 0.5
