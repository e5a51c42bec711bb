"""The tiny study on a table of imaging features, from the simulated lab's files to the report."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.nested import leaves
from cgni.base.tables import read_table
from cgni.cohort.confounds import residualise
from cgni.workflow import config_reads
from tests.conftest import READS
from tests.workflow.study import Study, copy_repository
from tests.workflow.test_reruns import CONDITIONAL
from tools import make_reruns

pytestmark = pytest.mark.slow
OVERLAYS = ("tests/tiny.yaml", "tests/table.yaml")
# folders of stages, and rules, of which nothing may be there
NOT_THERE = ("pretraining", "transfer", "imaging/store", "classification/imaging_cnn")
UNPLANNED = {"pretrain_brain_age", "finetune_outcome", "extract_features", "pack_gm_store", "check_gm_quality"}


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
    (study.folder / READS).mkdir()
    run = study.snakemake(environment={config_reads.VARIABLE: str(study.folder / READS)})
    assert run.returncode == 0, run.stdout[-6000:]
    return Finished(study, planned)


def test_no_map_and_no_network_is_made(finished: Finished) -> None:
    assert not UNPLANNED & set(finished.planned)
    assert not [name for name in NOT_THERE if (finished.results / name).exists()]
    assert not list((finished.results / "simulation/images").glob("*.nii*"))
    assert finished.study.planned() == {}


def test_rules_of_the_table_read_what_they_declare(finished: Finished) -> None:
    own = {"read_image_features", "fill_image_features", "choose_occluded_people", "regress_brain_age"}
    own.add("build_participants")
    read, declared = defaultdict(set), defaultdict(set)
    for path in (finished.study.folder / READS).glob("*.json"):
        read[path.stem.rsplit("-", 1)[0]].update(json.loads(path.read_text()))
    for job in make_reruns.study_jobs(OVERLAYS, finished.study.folder):
        declared[job.rule].update(key for key, _ in leaves(job.params.get("cfg", {})))
    unread = {rule: {key for key in declared[rule] - CONDITIONAL if not read[rule] & set(_paths(key))} for rule in own}
    assert own <= set(read) and {rule: keys for rule, keys in unread.items() if keys} == {}


def _paths(key: str) -> list[str]:
    """A dotted key and the sections that hold it."""
    names = key.split(".")
    return [".".join(names[: depth + 1]) for depth in range(len(names))]


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


def test_a_binary_outcome_goes_by_its_name(finished: Finished) -> None:
    people = finished.table("cohort/participants.parquet")
    assert set(people["outcome"].dropna()) == {0, 1}
    known = people["outcome"].notna()
    assert (people.loc[known, "outcome_group"] == people.loc[known, "outcome"]).all() and known.mean() > 0.9
    page = (finished.results / "report.html").read_text()
    assert "diagnosis" in page and "working memory" not in page.lower().replace("of working memory in", "")
    balanced = finished.table("classification/performance.parquet").query("metric == 'balanced_accuracy'")
    assert set(balanced["split"]) >= {"validation", "holdout"}


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
