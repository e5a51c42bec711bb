"""Training on images: the same bytes after an interruption, nothing learned from people who must not count."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import norm

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.cohort.settings import PeopleSettings
from cgni.imaging.store import GmStore
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch
from cgni.networks.resume import ResumeFile
from cgni.networks.schemas import CURVE, LINEAGE, METRICS
from cgni.pretraining.brain_age import masked_scaling, pretrain_brain_age, pretrain_fold
from cgni.pretraining.checkpoint import build_cnn, lineage, load_cnn, save_cnn
from cgni.pretraining.evaluation import extract_features, predict, score_people
from cgni.pretraining.fit import batches
from cgni.pretraining.people import ImagedStudy, fold_groups, known_values, lineage_table, located
from cgni.pretraining.tasks import AgeBinTask, AgeTask
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


class _StopError(Exception):
    """Stands for a kill."""


@pytest.fixture
def maps() -> tuple[np.ndarray, np.ndarray]:
    return made_up_maps()


def _pretrain(maps: np.ndarray, ages: np.ndarray, resume: Path | ResumeFile, monitor: bool = True):
    mask = np.ones(GRID, dtype=bool)
    prepare_torch(1)
    return pretrain_brain_age(store_of(maps), mask, parts_of(ages, monitor), PRETRAINING, run_on_cpu(resume))


def test_an_interrupted_fit_ends_with_the_same_weights(maps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values, ages = maps
    whole, whole_fit, _ = _pretrain(values, ages, tmp_path / "whole")

    real_loss, calls = AgeTask.loss, 0

    def loss(self, outputs, targets):
        nonlocal calls
        calls += 1
        if calls == 15:  # 5 batches and 1 monitor call an epoch: in the middle of the third
            raise _StopError
        return real_loss(self, outputs, targets)

    monkeypatch.setattr(AgeTask, "loss", loss)
    resume = ResumeFile(tmp_path / "cut", "d")
    with pytest.raises(_StopError):
        _pretrain(values, ages, resume)
    monkeypatch.undo()
    assert resume.load()["fitted"]["epochs"] == 2
    torch.manual_seed(99)  # a new process starts elsewhere
    network, fitted, _ = _pretrain(values, ages, resume)
    assert weight_bytes(network) == weight_bytes(whole)
    assert fitted == whole_fit
    again, refit, _ = _pretrain(values, ages, resume)  # killed after the last epoch, before the outputs
    assert weight_bytes(again) == weight_bytes(whole)
    assert refit == whole_fit
    resume.remove()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["whole-d.pt"]


def test_brain_age_is_learned_in_the_right_direction(maps, tmp_path: Path) -> None:
    values, ages = maps
    network, _, task = _pretrain(values, ages, tmp_path / "r")
    metrics = score_people(network, store_of(values), parts_of(ages), task, CPU).set_index(["split", "metric"])["value"]
    assert metrics["validation", "mae"] < 0.6 * metrics["validation", "mae_of_mean"]
    less = predict(network, store_of((values * 0.9).astype(np.float16)), np.arange(60), CPU)
    assert (less > predict(network, store_of(values), np.arange(60), CPU)).float().mean() > 0.9, (
        "less gray matter: older"
    )


def test_people_outside_fit_and_monitor_change_nothing(maps, tmp_path: Path) -> None:
    """Validation images and ages replaced: the checkpoint keeps its bytes."""
    values, ages = maps
    other_values, other_ages = values.copy(), ages.copy()
    other_values[50:], other_ages[50:] = 0.5, 20.0
    for name, images, years in (("a", values, ages), ("b", other_values, other_ages)):
        network, fitted, _ = _pretrain(images, years, ResumeFile(tmp_path / name, "d"))
        save_cnn(network, tmp_path / f"{name}.ckpt", lineage(["x"]), best_epoch=fitted.best_epoch)
    assert (tmp_path / "a.ckpt").read_bytes() == (tmp_path / "b.ckpt").read_bytes()


def test_scaling_is_that_of_the_fit_peoples_masked_voxels(maps) -> None:
    values, _ = maps
    mask = np.random.default_rng(1).random(GRID) > 0.5
    mean, sd = masked_scaling(store_of(values), np.arange(40), mask)
    inside = values[:40][:, mask].astype(np.float64)
    np.testing.assert_allclose((mean, sd), (inside.mean(), inside.std()), rtol=1e-6)


def test_the_best_monitor_epoch_is_kept_and_without_monitor_the_last(maps, tmp_path: Path) -> None:
    values, ages = maps
    _, fitted, _ = _pretrain(values, ages, tmp_path / "a")
    curve = fitted.frame()
    watched = curve[(curve["split"] == "monitor") & (curve["metric"] == "mae")].set_index("epoch")["value"]
    assert fitted.best_epoch == watched.idxmin()
    _, fitted, _ = _pretrain(values, ages, tmp_path / "b", monitor=False)
    assert fitted.best_epoch == PRETRAINING.epochs
    assert set(fitted.frame()["split"]) == {"fit"}


def test_soft_bins_are_those_of_a_normal_distribution_and_learn(maps, tmp_path: Path) -> None:
    values, ages = maps
    task = AgeBinTask.of(ages, 2.0)
    assert min(task.centres) < ages.min() - 2 and max(task.centres) > ages.max() + 2
    labels = task.targets(ages).double().numpy()
    edges = np.append(np.array(task.centres) - 1, task.centres[-1] + 1)
    expected = np.diff(norm.cdf(edges[None], loc=ages[:, None], scale=2.0))
    np.testing.assert_allclose(labels, expected / expected.sum(axis=1, keepdims=True), atol=1e-6)
    perfect = torch.log(task.targets(ages).clamp_min(1e-30))
    assert task.loss(perfect, task.targets(ages)) < 1e-6
    assert task.scores(perfect, ages)["mae"] < 0.1
    settings = replace(PRETRAINING, output="bins", epochs=25, patience=25)
    prepare_torch(1)
    network, _, task = pretrain_brain_age(
        store_of(values), np.ones(GRID, bool), parts_of(ages), settings, run_on_cpu(tmp_path / "bins")
    )
    metrics = score_people(network, store_of(values), parts_of(ages), task, CPU).set_index(["split", "metric"])["value"]
    assert network.outputs == len(task.centres)
    assert metrics["validation", "mae"] < 0.6 * metrics["validation", "mae_of_mean"]
    with pytest.raises(InputError, match="bin_years"):
        AgeBinTask.of(np.array([50.2, 50.8]), 10.0)


def test_checkpoint_rebuilds_the_network_and_names_nobody(maps, tmp_path: Path) -> None:
    values, ages = maps
    network, _, task = _pretrain(values, ages, tmp_path / "r")
    save_cnn(network, tmp_path / "c.ckpt", lineage(["p01", "p00"]), age={"mean": task.mean, "sd": task.sd})
    checkpoint = load_checkpoint(tmp_path / "c.ckpt")
    assert checkpoint["lineage"] == lineage(["p00", "p01"])
    assert b"p01" not in (tmp_path / "c.ckpt").read_bytes()
    rebuilt = load_cnn(tmp_path / "c.ckpt")
    assert weight_bytes(rebuilt) == weight_bytes(build_cnn(checkpoint)) == weight_bytes(network)
    rows = np.arange(60)
    features = extract_features(network, store_of(values), rows, CPU)
    np.testing.assert_array_equal(features, extract_features(rebuilt, store_of(values), rows, CPU))
    assert features.shape == (60, network.n_features)
    one = extract_features(network, store_of(values), rows[5:6], CPU)
    np.testing.assert_allclose(one[0], features[5], atol=1e-5)  # nobody's features depend on the batch


@pytest.mark.parametrize(("count", "size"), [(26, 25), (50, 25), (5, 4), (2, 4), (101, 25)])
def test_batches_are_a_permutation_without_a_lonely_rest(count: int, size: int) -> None:
    parts = list(batches(count, size, seed=3))
    assert sorted(np.concatenate(parts)) == list(range(count))
    assert 2 <= min(map(len, parts)) <= max(map(len, parts)) <= size
    assert all(np.array_equal(a, b) for a, b in zip(parts, batches(count, size, seed=3), strict=True))


@pytest.mark.parametrize("fit_on", ["fit", "training"])
def test_groups_hold_nobody_of_the_holdout_and_each_person_once(fit_on: str) -> None:
    ids = [f"p{number:02d}" for number in range(30)]
    splits = splits_of(ids)
    people = pd.DataFrame({"participant_id": ids, "age": [50.0] * 29 + [np.nan]})
    values = known_values(people, "age", pd.Index(ids))
    groups = fold_groups(splits, 0, fit_on, values)
    used = [person for group in groups.values() for person in group.index]
    assert len(used) == len(set(used)) == 24  # 25 of the development set, one without an age
    assert not set(used) & set(ids[:5])
    assert set(groups["validation"].index) == set(splits.loc[splits["fold"] == 0, "participant_id"])
    assert len(groups["monitor"]) == (5 if fit_on == "fit" else 0)
    table = lineage_table(groups)
    assert set(table["participant_id"]) == set(used) - set(groups["validation"].index)
    store = GmStore(np.zeros((30, 2, 2, 2)), pd.Index(ids[::-1]), np.eye(4))
    np.testing.assert_array_equal(store.ids[located(groups, store)["fit"].rows], groups["fit"].index)


@pytest.mark.parametrize(("pretrain_on", "fitted_on"), [("training", "fit"), ("everybody", "everybody")])
def test_a_folds_network_is_that_of_its_groups(maps, tmp_path: Path, pretrain_on: str, fitted_on: str) -> None:
    values, ages = maps
    store = store_of(values)
    ids = list(store.ids)
    qc = pd.DataFrame({"participant_id": ids, "passed": [True] * 59 + [False]})
    participants = pd.DataFrame({"participant_id": ids, "age": ages})
    study = ImagedStudy(store, qc, participants, splits_of(ids))
    mask, people = (
        np.ones(GRID, dtype=bool),
        PeopleSettings(fit_on="fit", pretrain_on=pretrain_on, heads_on="fit", reference="development"),
    )
    settings = replace(PRETRAINING, epochs=2)
    trained = pretrain_fold(study, 0, mask, people, settings, run_on_cpu(tmp_path / "fold", 11))
    expected = study.groups(0, fitted_on, "age")
    assert trained.lineage.equals(lineage_table(expected)) and ids[59] not in set(trained.lineage["participant_id"])
    own = located(expected, store)
    run = run_on_cpu(tmp_path / "same", derive_seed(11, "pretraining", 0))
    network, _, task = pretrain_brain_age(store, mask, own, settings, run)
    assert weight_bytes(trained.network) == weight_bytes(network)
    pd.testing.assert_frame_equal(trained.metrics, score_people(network, store, own, task, CPU))
    assert list(trained.curve) == CURVE.names and list(trained.metrics) == METRICS.names
    assert list(trained.lineage) == LINEAGE.names
    trained.save(tmp_path / "brain_age.ckpt", {"seed": 11})
    checkpoint = load_checkpoint(tmp_path / "brain_age.ckpt")
    assert checkpoint["age"]["mean"] == pytest.approx(expected["fit"].mean())
    assert (checkpoint["config"], checkpoint["best_epoch"]) == ({"seed": 11}, trained.fitted.best_epoch)
    assert weight_bytes(build_cnn(checkpoint)) == weight_bytes(network)
