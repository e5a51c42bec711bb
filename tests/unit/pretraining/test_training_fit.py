"""Training on images: the same bytes after an interruption, nothing learned from people who must not count."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import mannwhitneyu, norm
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from cgni.base.errors import InputError
from cgni.imaging.store import GmStore
from cgni.pretraining.checkpoint import build_cnn, lineage, load_checkpoint, load_cnn, save_cnn
from cgni.networks.device import Device, choose_device, prepare_torch
from cgni.pretraining.fit import People, batches, extract_features, predict, score_people
from cgni.pretraining.people import fold_groups, known_values, lineage_table, located, masked_scaling
from cgni.networks.resume import ResumeFile
from cgni.pretraining.stages import finetune_wm, pretrain_brain_age, transfer_candidates
from cgni.pretraining.tasks import AgeBinTask, AgeTask, WmTask

GRID = (12, 13, 12)
PRETRAINING = {
    "output": "regression",
    "bin_years": 2.0,
    "channels": [3, 4],
    "kernel": 3,
    "dropout": 0.2,
    "batch_size": 8,
    "epochs": 5,
    "learning_rate": 1e-2,
    "weight_decay": 1e-4,
    "patience": 5,
}
TRANSFER = {
    "transfer_blocks": 1,
    "freeze": False,
    "self_transfer_rounds": 0,
    "class_weights": True,
    "batch_size": 8,
    "epochs": 12,
    "learning_rate": 1e-2,
    "weight_decay": 1e-4,
    "patience": 12,
}
CPU = Device(torch.device("cpu"), None)


class _StopError(Exception):
    """Stands for a kill."""


@pytest.fixture
def maps() -> tuple[np.ndarray, np.ndarray]:
    """60 maps whose level falls with age."""
    rng = np.random.default_rng(0)
    ages = rng.uniform(45, 80, 60)
    values = rng.random((60, *GRID)) * 0.2 + (1 - 0.01 * (ages - 45))[:, None, None, None]
    return values.astype(np.float16), ages


def _store(maps: np.ndarray) -> GmStore:
    return GmStore(maps, pd.Index([f"p{row:02d}" for row in range(len(maps))]), np.eye(4))


def _parts(values: np.ndarray, monitor: bool = True) -> dict[str, People]:
    rows = {"fit": np.arange(40), "monitor": np.arange(40, 50), "validation": np.arange(50, 60)}
    if not monitor:
        rows |= {"fit": np.arange(50), "monitor": np.arange(0)}
    return {name: People(part, values[part]) for name, part in rows.items()}


def _pretrain(maps: np.ndarray, ages: np.ndarray, resume: ResumeFile, monitor: bool = True):
    mask = np.ones(GRID, dtype=bool)
    prepare_torch(1)
    return pretrain_brain_age(_store(maps), mask, _parts(ages, monitor), PRETRAINING, 7, CPU, resume)


def _bytes(network: torch.nn.Module) -> dict[str, bytes]:
    return {name: value.contiguous().numpy().tobytes() for name, value in network.state_dict().items()}


def test_an_interrupted_fit_ends_with_the_same_bytes(maps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values, ages = maps
    whole, whole_fit, _ = _pretrain(values, ages, ResumeFile(tmp_path / "whole", "d"))

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
    assert _bytes(network) == _bytes(whole)
    assert fitted == whole_fit
    again, refit, _ = _pretrain(values, ages, resume)  # killed after the last epoch, before the outputs
    assert _bytes(again) == _bytes(whole)
    assert refit == whole_fit
    resume.remove()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["whole-d.pt"]


def test_brain_age_is_learned_in_the_right_direction(maps, tmp_path: Path) -> None:
    values, ages = maps
    network, _, task = _pretrain(values, ages, ResumeFile(tmp_path / "r", "d"))
    metrics = score_people(network, _store(values), _parts(ages), task, CPU).set_index(["split", "metric"])["value"]
    assert metrics["validation", "mae"] < 0.6 * metrics["validation", "mae_of_mean"]
    less = predict(network, _store((values * 0.9).astype(np.float16)), np.arange(60), CPU)
    assert (less > predict(network, _store(values), np.arange(60), CPU)).float().mean() > 0.9, "less gray matter: older"


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
    mean, sd = masked_scaling(_store(values), np.arange(40), mask)
    inside = values[:40][:, mask].astype(np.float64)
    np.testing.assert_allclose((mean, sd), (inside.mean(), inside.std()), rtol=1e-6)


def test_the_best_monitor_epoch_is_kept_and_without_monitor_the_last(maps, tmp_path: Path) -> None:
    values, ages = maps
    _, fitted, _ = _pretrain(values, ages, ResumeFile(tmp_path / "a", "d"))
    curve = fitted.frame()
    watched = curve[(curve["split"] == "monitor") & (curve["metric"] == "mae")].set_index("epoch")["value"]
    assert fitted.best_epoch == watched.idxmin()
    _, fitted, _ = _pretrain(values, ages, ResumeFile(tmp_path / "b", "d"), monitor=False)
    assert fitted.best_epoch == PRETRAINING["epochs"]
    assert set(fitted.frame()["split"]) == {"fit"}


@pytest.mark.parametrize("changes", [{}, {"freeze": True}, {"self_transfer_rounds": 1, "transfer_blocks": 2}])
def test_transfer_starts_from_brain_age_and_learns(maps, tmp_path: Path, changes: dict) -> None:
    values, ages = maps
    brain_age, _, _ = _pretrain(values, ages, ResumeFile(tmp_path / "age", "d"))
    save_cnn(brain_age, tmp_path / "age.ckpt", lineage(["x"]))
    cfg = TRANSFER | changes
    resume = [ResumeFile(tmp_path / f"wm.{depth}.{number}", "d") for depth, number in transfer_candidates(cfg)]
    people = _parts((ages < 60).astype(np.int64))
    checkpoint = load_checkpoint(tmp_path / "age.ckpt")
    result = finetune_wm(_store(values), checkpoint, people, cfg, 3, CPU, resume)
    network, fitted = result.network, result.fitted
    metrics = score_people(network, _store(values), people, result.task, CPU).set_index(["split", "metric"])["value"]
    assert metrics["validation", "auc"] > 0.8
    same = torch.equal(network.blocks[0].conv.weight, brain_age.blocks[0].conv.weight)
    assert same == cfg["freeze"]
    assert (network.input_mean, network.input_sd) == (brain_age.input_mean, brain_age.input_sd)
    assert fitted.frame()["epoch"].max() <= cfg["epochs"] * len(resume)
    assert network(torch.rand(2, 1, *GRID)).shape == (2, 2)


def test_a_sweep_keeps_the_depth_that_the_monitor_people_prefer(maps, tmp_path: Path) -> None:
    values, ages = maps
    brain_age, _, _ = _pretrain(values, ages, ResumeFile(tmp_path / "age", "d"))
    save_cnn(brain_age, tmp_path / "age.ckpt", lineage(["x"]))
    people, checkpoint = _parts((ages < 60).astype(np.int64)), load_checkpoint(tmp_path / "age.ckpt")

    def run(name: str, blocks: int | list[int]):
        cfg = TRANSFER | {"transfer_blocks": blocks, "epochs": 3}
        resume = [ResumeFile(tmp_path / f"{name}.{depth}.{n}", "d") for depth, n in transfer_candidates(cfg)]
        return finetune_wm(_store(values), checkpoint, people, cfg, 3, CPU, resume)

    swept = run("sweep", [2, 0, 1])
    table = swept.candidates
    assert table["blocks"].tolist() == [2, 0, 1] and table["kept"].sum() == 1
    kept = table[table["kept"]].iloc[0]
    assert kept["score"] == table["score"].max()
    assert kept["loss"] == table.loc[table["score"] == kept["score"], "loss"].min()
    assert _bytes(swept.network) == _bytes(run("single", int(kept["blocks"])).network)
    people |= {"monitor": People(np.arange(0), people["monitor"].values[:0])}
    with pytest.raises(InputError, match="needs monitor people"):
        run("nobody", [0, 1])


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
    cfg = PRETRAINING | {"output": "bins", "epochs": 25, "patience": 25}
    prepare_torch(1)
    network, _, task = pretrain_brain_age(
        _store(values), np.ones(GRID, bool), _parts(ages), cfg, 7, CPU, ResumeFile(tmp_path / "bins", "d")
    )
    metrics = score_people(network, _store(values), _parts(ages), task, CPU).set_index(["split", "metric"])["value"]
    assert network.outputs == len(task.centres)
    assert metrics["validation", "mae"] < 0.6 * metrics["validation", "mae_of_mean"]
    with pytest.raises(InputError, match="bin_years"):
        AgeBinTask.of(np.array([50.2, 50.8]), 10.0)


def test_one_class_is_refused(maps, tmp_path: Path) -> None:
    values, ages = maps
    network, _, _ = _pretrain(values, ages, ResumeFile(tmp_path / "age", "d"))
    save_cnn(network, tmp_path / "age.ckpt", lineage(["x"]))
    people = _parts(np.zeros(60, dtype=np.int64))
    with pytest.raises(InputError, match="all of one class"):
        finetune_wm(_store(values), load_checkpoint(tmp_path / "age.ckpt"), people, TRANSFER, 3, CPU, [])


def test_checkpoint_rebuilds_the_network_and_names_nobody(maps, tmp_path: Path) -> None:
    values, ages = maps
    network, _, task = _pretrain(values, ages, ResumeFile(tmp_path / "r", "d"))
    save_cnn(network, tmp_path / "c.ckpt", lineage(["p01", "p00"]), age={"mean": task.mean, "sd": task.sd})
    checkpoint = load_checkpoint(tmp_path / "c.ckpt")
    assert checkpoint["lineage"] == lineage(["p00", "p01"])
    assert b"p01" not in (tmp_path / "c.ckpt").read_bytes()
    rebuilt = load_cnn(tmp_path / "c.ckpt")
    assert _bytes(rebuilt) == _bytes(build_cnn(checkpoint)) == _bytes(network)
    rows = np.arange(60)
    features = extract_features(network, _store(values), rows, CPU)
    np.testing.assert_array_equal(features, extract_features(rebuilt, _store(values), rows, CPU))
    assert features.shape == (60, network.n_features)
    one = extract_features(network, _store(values), rows[5:6], CPU)
    np.testing.assert_allclose(one[0], features[5], atol=1e-5)  # nobody's features depend on the batch


def test_unreadable_states_and_checkpoints(tmp_path: Path) -> None:
    resume = ResumeFile(tmp_path / "fold0", {"lr": 1})
    assert resume.load() is None
    resume.path.write_bytes(b"broken")
    assert resume.load() is None
    assert ResumeFile(tmp_path / "fold0", {"lr": 2}).path != resume.path
    with pytest.raises(InputError, match="not a readable checkpoint"):
        load_checkpoint(resume.path)


@pytest.mark.parametrize(("count", "size"), [(26, 25), (50, 25), (5, 4), (2, 4), (101, 25)])
def test_batches_are_a_permutation_without_a_lonely_rest(count: int, size: int) -> None:
    parts = list(batches(count, size, seed=3))
    assert sorted(np.concatenate(parts)) == list(range(count))
    assert 2 <= min(map(len, parts)) <= max(map(len, parts)) <= size
    assert all(np.array_equal(a, b) for a, b in zip(parts, batches(count, size, seed=3), strict=True))


def test_scores_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 80)
    outputs = torch.tensor(np.round(rng.normal(size=(80, 2)), 1), dtype=torch.float32)  # with ties
    scores = WmTask.of(labels, True).scores(outputs, labels)
    margin = (outputs[:, 1] - outputs[:, 0]).numpy()
    assert scores["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(labels, outputs.argmax(1)))
    assert scores["auc"] == pytest.approx(roc_auc_score(labels, margin))
    assert scores["auc"] == pytest.approx(
        mannwhitneyu(margin[labels == 1], margin[labels == 0]).statistic / (labels == 1).sum() / (labels == 0).sum()
    )


def test_class_weights_are_inverse_frequencies() -> None:
    assert WmTask.of(np.array([0, 0, 0, 1]), True).class_weights == (4 / 6, 2.0)
    assert WmTask.of(np.array([0, 0, 0, 1]), False).class_weights == (1.0, 1.0)


@pytest.mark.parametrize("fit_on", ["fit", "training"])
def test_groups_hold_nobody_of_the_holdout_and_each_person_once(fit_on: str) -> None:
    ids = [f"p{number:02d}" for number in range(30)]
    splits = pd.DataFrame({"participant_id": ids, "role": ["holdout"] * 5 + ["development"] * 25})
    splits["fold"] = [-1] * 5 + [number % 5 for number in range(25)]
    splits["monitor_0"] = (splits["role"] == "development") & (splits["fold"] == 1)
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


def test_devices_fall_back_to_the_processor() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    assert choose_device("cuda", "float32") == Device(torch.device("cpu"), None)
    assert choose_device("cpu", "bf16").autocast is torch.bfloat16
