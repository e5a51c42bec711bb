"""Brain age of all splits: the holdout's scores from the checkpoint, the others as the fit wrote them."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.audit.brain_age import age_task, brain_age_scores
from cgni.audit.schemas import BRAIN_AGE
from cgni.base.tables import write_table
from cgni.cohort.settings import PeopleSettings
from cgni.networks.device import choose_device
from cgni.networks.schemas import METRICS
from cgni.pretraining.checkpoint import save_cnn
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.people import ImagedStudy
from cgni.pretraining.tasks import AgeBinTask, AgeTask
from tests.unit.pretraining.made_up import splits_of, store_of

torch.set_num_threads(1)
IDS = [f"p{number:02d}" for number in range(20)]
PEOPLE = PeopleSettings(
    fit_on="fit", encoders_on="labelled", pretrain_on="training", heads_on="fit", reference="development"
)


def test_tasks_come_back_from_what_a_checkpoint_states() -> None:
    assert age_task(asdict(AgeTask(60.0, 7.0))) == AgeTask(60.0, 7.0)
    bins = AgeBinTask((50.0, 51.0, 52.0), 51.0)
    assert age_task({**asdict(bins), "centres": [50.0, 51.0, 52.0]}) == bins


def test_holdout_is_scored_by_every_folds_network(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    maps = rng.uniform(0, 1, (20, 10, 10, 10)).astype(np.float32)
    ages = rng.uniform(45, 80, 20)
    participants = pd.DataFrame({"participant_id": IDS, "age": ages})
    participants.loc[3, "age"] = np.nan  # held out, of unknown age
    splits = splits_of(IDS, holdout=6).assign(monitor_1=False)
    qc = pd.DataFrame({"participant_id": IDS, "passed": True})
    study = ImagedStudy(store_of(maps), qc, participants, splits)
    rows = [0, 1, 2, 4, 5]
    expected, checkpoints, metrics = [], [], []
    for fold in range(2):
        torch.manual_seed(fold)
        network = BrainCnn((10, 10, 10), [2], 3, 0.0, 1).eval()
        task = AgeTask(60.0 + fold, 7.0)
        checkpoints.append(tmp_path / f"{fold}.ckpt")
        save_cnn(network, checkpoints[-1], {}, age=asdict(task))
        written = [("fit", "mae", 3.0 + fold), ("validation", "mae", 4.0), ("fit", "r", 0.9)]
        metrics.append(tmp_path / f"{fold}.parquet")
        write_table(pd.DataFrame(written, columns=METRICS.names), metrics[-1], METRICS, {})
        with torch.inference_mode():
            years = network(torch.from_numpy(maps[rows])[:, None]).numpy()[:, 0] * 7.0 + 60.0 + fold
        expected.append(np.mean(np.abs(years - ages[rows])))
    table = brain_age_scores(study, checkpoints, metrics, PEOPLE, choose_device("cpu", "float32"))
    write_table(table, tmp_path / "scores.parquet", BRAIN_AGE, {})
    own = table.set_index(["split", "fold"])
    assert own.loc["holdout", "mae"].to_numpy() == pytest.approx(expected, rel=1e-4)
    assert (own.loc["holdout", "people"] == len(rows)).all()
    assert own.loc["fit", "mae"].tolist() == [3.0, 4.0] and own.loc[("fit", 0), "r"] == 0.9
    assert np.isnan(own.loc[("validation", 0), "r"])
    for fold in range(2):
        groups = study.groups(fold, "fit", "age")
        assert own.loc[(slice(None), fold), "people"].tolist() == [*(len(g) for g in groups.values()), len(rows)]
