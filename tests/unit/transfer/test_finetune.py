"""The transfer to working memory: starts from the brain-age network, keeps the best fit, names nobody."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import mannwhitneyu
from sklearn.metrics import balanced_accuracy_score, mean_absolute_error, r2_score, roc_auc_score

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch
from cgni.pretraining.brain_age import pretrain_brain_age
from cgni.pretraining.checkpoint import lineage, save_cnn
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.evaluation import extract_features, score_people
from cgni.pretraining.people import ImagedStudy, People, lineage_table, located
from cgni.transfer.features import features_table
from cgni.transfer.finetune import finetune_fold, finetune_outcome, planned_fits
from cgni.transfer.schemas import TRANSFER_FITS, features_schema
from cgni.transfer.settings import TransferSettings
from cgni.transfer.task import GroupTask, ValueTask
from tests.unit.pretraining.made_up import (
    CPU,
    GRID,
    PRETRAINING,
    made_up_maps,
    parts_of,
    run_on_cpu,
    splits_of,
    store_of,
    weight_bytes,
)

TRANSFER = TransferSettings(transfer_blocks=1, batch_size=8, epochs=12, learning_rate=1e-2, patience=12)


@pytest.fixture
def maps() -> tuple[np.ndarray, np.ndarray]:
    return made_up_maps()


def _brain_age(maps: np.ndarray, ages: np.ndarray, folder: Path) -> BrainCnn:
    """A network whose checkpoint lies in the folder."""
    prepare_torch(1)
    mask, run = np.ones(GRID, dtype=bool), run_on_cpu(folder / "age")
    network, _, _ = pretrain_brain_age(store_of(maps), mask, parts_of(ages), PRETRAINING, run)
    save_cnn(network, folder / "age.ckpt", lineage(["x"]))
    return network


@pytest.mark.parametrize("changes", [{}, {"freeze": True}, {"self_transfer_rounds": 1, "transfer_blocks": 2}])
def test_transfer_starts_from_brain_age_and_learns(maps, tmp_path: Path, changes: dict) -> None:
    values, ages = maps
    brain_age = _brain_age(values, ages, tmp_path)
    settings = replace(TRANSFER, **changes)
    people = parts_of((ages < 60).astype(np.int64))
    checkpoint = load_checkpoint(tmp_path / "age.ckpt")
    result = finetune_outcome(store_of(values), checkpoint, people, settings, run_on_cpu(tmp_path / "wm", 3))
    network, fitted = result.network, result.fitted
    metrics = score_people(network, store_of(values), people, result.task, CPU).set_index(["split", "metric"])["value"]
    assert metrics["validation", "auc"] > 0.8
    same = torch.equal(network.blocks[0].conv.weight, brain_age.blocks[0].conv.weight)
    assert same == settings.freeze
    assert (network.input_mean, network.input_sd) == (brain_age.input_mean, brain_age.input_sd)
    assert fitted.frame()["epoch"].max() <= settings.epochs * len(planned_fits(settings))
    assert network(torch.rand(2, 1, *GRID)).shape == (2, 2)


def test_a_sweep_keeps_the_depth_that_the_monitor_people_prefer(maps, tmp_path: Path) -> None:
    values, ages = maps
    _brain_age(values, ages, tmp_path)
    people, checkpoint = parts_of((ages < 60).astype(np.int64)), load_checkpoint(tmp_path / "age.ckpt")

    def run(name: str, blocks: int | tuple[int, ...]):
        settings = replace(TRANSFER, transfer_blocks=blocks, epochs=3)
        return finetune_outcome(store_of(values), checkpoint, people, settings, run_on_cpu(tmp_path / name, 3))

    swept = run("sweep", (2, 0, 1))
    table = swept.fits
    assert list(table) == TRANSFER_FITS.names
    assert table["blocks"].tolist() == [2, 0, 1] and table["kept"].sum() == 1
    kept = table[table["kept"]].iloc[0]
    assert kept["score"] == table["score"].max()
    assert kept["loss"] == table.loc[table["score"] == kept["score"], "loss"].min()
    assert weight_bytes(swept.network) == weight_bytes(run("single", int(kept["blocks"])).network)
    people |= {"monitor": People(np.arange(0), people["monitor"].values[:0])}
    with pytest.raises(InputError, match="needs monitor people"):
        run("nobody", (0, 1))


def test_one_class_is_refused(maps, tmp_path: Path) -> None:
    values, ages = maps
    _brain_age(values, ages, tmp_path)
    people = parts_of(np.zeros(60, dtype=np.int64))
    with pytest.raises(InputError, match="all of one class"):
        finetune_outcome(
            store_of(values), load_checkpoint(tmp_path / "age.ckpt"), people, TRANSFER, run_on_cpu(tmp_path / "wm")
        )


def test_scores_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 80)
    outputs = torch.tensor(np.round(rng.normal(size=(80, 2)), 1), dtype=torch.float32)  # with ties
    scores = GroupTask.of(labels, True).scores(outputs, labels)
    margin = (outputs[:, 1] - outputs[:, 0]).numpy()
    assert scores["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(labels, outputs.argmax(1)))
    assert scores["auc"] == pytest.approx(roc_auc_score(labels, margin))
    assert scores["auc"] == pytest.approx(
        mannwhitneyu(margin[labels == 1], margin[labels == 0]).statistic / (labels == 1).sum() / (labels == 0).sum()
    )


def test_class_weights_are_inverse_frequencies() -> None:
    assert GroupTask.of(np.array([0, 0, 0, 1]), True).class_weights == (4 / 6, 2.0)
    assert GroupTask.of(np.array([0, 0, 0, 1]), False).class_weights == (1.0, 1.0)


def _planned(settings: TransferSettings) -> list[tuple[int, int, int]]:
    return [(plan.candidate, plan.blocks, plan.round) for plan in planned_fits(settings)]


def test_fits_are_planned_candidate_by_candidate_and_depth_by_depth() -> None:
    assert _planned(TransferSettings(transfer_blocks=2)) == [(0, 2, 0)]
    swept = TransferSettings(transfer_blocks=(3, 0), self_transfer_rounds=1)
    assert _planned(swept) == [(0, 3, 0), (0, 3, 1), (0, 0, 0), (0, 0, 1)]
    tried = TransferSettings(
        transfer_blocks=(3, 0), candidates=({"learning_rate": 0.1}, {"transfer_blocks": 1, "dropout": 0.5})
    )
    assert _planned(tried) == [(0, 3, 0), (0, 0, 0), (1, 1, 0)]
    rates = [(plan.settings.learning_rate, plan.settings.dropout) for plan in planned_fits(tried)]
    assert rates == [(0.1, None), (0.1, None), (TransferSettings().learning_rate, 0.5)]


def test_of_candidates_the_monitor_people_choose(maps, tmp_path: Path) -> None:
    """The kept network is, byte for byte, the one that its candidate's settings give alone."""
    values, ages = maps
    _brain_age(values, ages, tmp_path)
    people, checkpoint = parts_of((ages < 60).astype(np.int64)), load_checkpoint(tmp_path / "age.ckpt")
    slow, quick = {"learning_rate": 1e-7, "dropout": 0.0}, {"learning_rate": 1e-2, "dropout": 0.5}

    def run(name: str, **changes):
        settings = replace(TRANSFER, epochs=4, **changes)
        return finetune_outcome(store_of(values), checkpoint, people, settings, run_on_cpu(tmp_path / name, 3))

    found = run("tried", candidates=(slow, quick))
    assert found.fits["candidate"].tolist() == [0, 1]
    assert [json.loads(text) for text in found.fits["settings"]] == [slow, quick]
    # a step of 1e-7 cannot learn in four epochs, and one of 1e-2 can
    assert found.fits["kept"].tolist() == [False, True]
    assert found.fits["score"].diff().iloc[1] > 0
    alone = run("alone", **quick)
    assert weight_bytes(found.network) == weight_bytes(alone.network)
    assert found.network.architecture()["dropout"] == 0.5
    assert alone.fits["settings"].tolist() == ["{}"]
    assert {path.name for path in tmp_path.glob("tried*")} == {
        f"tried.candidate{n}.blocks1.round0-d.pt" for n in (0, 1)
    }
    people |= {"monitor": People(np.arange(0), people["monitor"].values[:0])}
    with pytest.raises(InputError, match="needs monitor people"):
        run("nobody", candidates=(slow, quick))


def test_a_folds_network_is_that_of_its_groups(maps, tmp_path: Path) -> None:
    values, ages = maps
    _brain_age(values, ages, tmp_path)
    store, checkpoint = store_of(values), load_checkpoint(tmp_path / "age.ckpt")
    ids = list(store.ids)
    qc = pd.DataFrame({"participant_id": ids, "passed": [True] * 60})
    groups = pd.Series((ages < 60).astype(int)).astype("Int8").mask(np.arange(60) % 9 == 0)
    participants = pd.DataFrame({"participant_id": ids, "outcome_group": groups})
    study, settings = ImagedStudy(store, qc, participants, splits_of(ids)), replace(TRANSFER, epochs=2)
    resume = run_on_cpu(tmp_path / "wm", 11)
    trained, fits = finetune_fold(study, 0, "fit", checkpoint, settings, resume)
    expected = study.groups(0, "fit", "outcome_group")
    assert trained.lineage.equals(lineage_table(expected)) and len(expected["fit"]) < 40
    people = located({name: part.astype("int64") for name, part in expected.items()}, store)
    run = run_on_cpu(tmp_path / "same", derive_seed(11, "transfer", 0))
    same = finetune_outcome(store, checkpoint, people, settings, run)
    assert weight_bytes(trained.network) == weight_bytes(same.network)
    pd.testing.assert_frame_equal(fits, same.fits)
    pd.testing.assert_frame_equal(trained.metrics, score_people(same.network, store, people, same.task, CPU))
    assert [path.name for path in tmp_path.glob("wm*")] == ["wm.blocks1.round0-d.pt"]
    resume.resume.remove()
    assert not list(tmp_path.glob("wm*"))


def test_features_are_the_networks_in_the_order_of_the_ids(maps) -> None:
    values, _ = maps
    store, network = store_of(values), BrainCnn(GRID, (3, 4), 3, 0.2, 2)
    table = features_table(network, store, pd.Index(["p07", "p02"]), CPU)
    assert list(table) == features_schema(network.n_features).names
    assert table["participant_id"].tolist() == ["p02", "p07"]
    expected = extract_features(network, store, np.array([2, 7]), CPU)
    np.testing.assert_array_equal(table.drop(columns="participant_id"), expected)
    with pytest.raises(InputError, match="1 of 2 people"):
        features_table(network, store, pd.Index(["p07", "nobody"]), CPU)


def test_a_continuous_outcome_is_learnt_as_a_value(maps, tmp_path: Path) -> None:
    """The value is what the made-up maps show (their age) in other units: the network beats the fit people's mean."""
    values, ages = maps
    _brain_age(values, ages, tmp_path)
    store, checkpoint = store_of(values), load_checkpoint(tmp_path / "age.ckpt")
    ids = list(store.ids)
    outcome = pd.Series(20 - ages / 10).mask(np.arange(60) % 9 == 0)
    participants = pd.DataFrame(
        {"participant_id": ids, "target": outcome, "outcome_group": outcome.gt(14).astype("Int8")}
    )
    qc = pd.DataFrame({"participant_id": ids, "passed": [True] * 60})
    study = ImagedStudy(store, qc, participants, splits_of(ids))
    trained, fits = finetune_fold(study, 0, "fit", checkpoint, TRANSFER, run_on_cpu(tmp_path / "value", 11))
    fit = study.groups(0, "fit", "target")["fit"]
    assert trained.facts == {"values": {"mean": pytest.approx(fit.mean()), "sd": pytest.approx(fit.std(ddof=0))}}
    assert trained.network.architecture()["outputs"] == 1 and set(trained.curve["metric"]) >= {"loss", "mae", "r2"}
    scores = trained.metrics.set_index(["split", "metric"])["value"]
    assert scores["monitor", "mae"] < scores["monitor", "mae_of_mean"] and scores["monitor", "r2"] > 0
    assert fits["kept"].sum() == 1


def test_scores_of_a_value_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    values, outputs = rng.normal(6, 2, 50), torch.from_numpy(rng.normal(0, 1, (50, 1))).float()
    task = ValueTask.of(values)
    predicted = outputs[:, 0].double().numpy() * values.std() + values.mean()
    scores = task.scores(outputs, values)
    assert scores["r2"] == pytest.approx(r2_score(values, predicted), rel=1e-6)
    assert scores["mae"] == pytest.approx(mean_absolute_error(values, predicted), rel=1e-6)
