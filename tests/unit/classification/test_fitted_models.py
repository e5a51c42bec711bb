"""Every kind of fitted model and every fitter, found by themselves: fit, predict, save and load."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cgni.base.views import GENETICS, IMAGING
from cgni.classification import fitters
from cgni.classification.fitters.base import Examples, FittedModel, Fitter, FitterParts, ValueScale
from cgni.classification.fitters.registry import FITTERS
from cgni.classification.fitters.restore import MODELS, restore
from cgni.classification.settings import TrainingSettings
from cgni.contrastive.encoders import EncoderPair, EncoderShape
from cgni.networks.checkpoint import load_checkpoint, save_checkpoint
from cgni.networks.scaling import Scaling
from cgni.workflow import baselines
from tests.unit.fold_data.made_up import same

torch.set_num_threads(1)
SCRIPTS = Path(__file__).resolve().parents[3] / "workflow_scripts"
SNPS, OTHERS, FOLD = 5, 7, 1
COLUMNS = SNPS + OTHERS


def classes() -> Iterator[type]:
    """Every class of the package of fitters."""
    for module in pkgutil.walk_packages(fitters.__path__, f"{fitters.__name__}."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name:
                yield kind


def concrete_models() -> set[type[FittedModel]]:
    return {kind for kind in classes() if issubclass(kind, FittedModel) and not inspect.isabstract(kind)}


def concrete_fitters() -> set[type]:
    return {kind for kind in classes() if hasattr(kind, "fit") and kind not in (Fitter, ValueScale)}


def examples(count: int, seed: int, continuous: bool = False) -> Examples:
    """Allele counts, then other features that tell the classes apart."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    counts = rng.integers(0, 3, (count, SNPS))
    x = np.hstack([counts, rng.normal(size=(count, OTHERS)) + labels[:, None]])
    values = 50 + 4 * x[:, -1] + rng.normal(size=count) if continuous else None
    return Examples(x.astype(np.float32), labels, values)


def parts(kind: str, outputs: int = 2) -> FitterParts:
    """What any fitter may need, under its own default settings."""
    torch.manual_seed(0)
    shape = EncoderShape({IMAGING: (4,), GENETICS: (4,)}, "relu", 0.0, True)
    scalings = {IMAGING: Scaling(np.zeros(OTHERS), np.ones(OTHERS)), GENETICS: Scaling(np.ones(SNPS), np.ones(SNPS))}
    encoders = {f"fold{fold}": EncoderPair(shape, scalings).checkpoint() for fold in range(FOLD + 1)}
    heads = [{"head.weight": torch.randn(outputs, COLUMNS), "head.bias": torch.randn(outputs)} for _ in range(FOLD + 1)]
    values = {"values": {"mean": 50.0, "sd": 4.0}} if outputs == 1 else {}
    networks = [{"state": head, **values} for head in heads]
    settings = FITTERS[kind].settings
    return FitterParts(settings() if settings else None, TrainingSettings(epochs=3), encoders, networks)


def fitted(kind: str, watched: bool = True, seed: int = 5, continuous: bool = False) -> FittedModel:
    seen = examples(30, 2, continuous) if watched else None
    fitter = FITTERS[kind].fitter.of(parts(kind, 1 if continuous else 2))
    return fitter.fit(examples(60, 1, continuous), seen, FOLD, seed)[0]


def plain(value: Any) -> bool:
    """Whether a checkpoint may hold it."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain(own) for key, own in value.items())
    if isinstance(value, list | tuple):
        return all(plain(own) for own in value)
    return isinstance(value, torch.Tensor) or type(value) in (int, float, str, bool, type(None))


def test_every_fitted_model_can_be_restored() -> None:
    assert set(MODELS.values()) == concrete_models()
    assert all(MODELS[kind.KIND] is kind for kind in concrete_models())  # no two share a KIND


def test_every_fitter_is_known_by_name() -> None:
    assert {kind.fitter for kind in FITTERS.values()} == concrete_fitters()
    assert {kind.fitter.MODEL for kind in FITTERS.values()} == concrete_models()


def test_the_roster_knows_the_same_fitters_with_the_same_settings() -> None:
    assert {name: facts.settings for name, facts in baselines.FITTERS.items()} == {
        name: kind.settings for name, kind in FITTERS.items()
    }
    rows = {**baselines.BASELINES, baselines.CONFOUNDS: baselines.CONFOUND_BASELINE}
    for name, row in rows.items():
        settings = FITTERS[row.fitter].settings
        assert type(row.defaults) is (settings or type(None)), name


@pytest.mark.parametrize("kind", FITTERS)
def test_every_fitter_has_its_script(kind: str) -> None:
    script = SCRIPTS / f"train_{kind}.py"
    assert script.is_file()
    assert FITTERS[kind].fitter.__name__ in script.read_text()


OUTCOMES = [(kind, False) for kind in FITTERS] + [(kind, True) for kind in FITTERS if baselines.FITTERS[kind].values]


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(("kind", "continuous"), OUTCOMES)
def test_a_fitted_model_predicts_and_comes_back_from_its_checkpoint(
    kind: str, watched: bool, continuous: bool, tmp_path: Path
) -> None:
    model, x = fitted(kind, watched, continuous=continuous), examples(40, 3).x
    predicted = model.predict(x)
    assert type(model) is FITTERS[kind].fitter.MODEL
    assert predicted.shape == (40,) and predicted.dtype == np.float64
    if continuous:  # in the outcome's unit: 50 on average
        assert 40 < predicted.mean() < 60 and np.ptp(predicted) > 0.1
    else:
        assert (predicted >= 0).all() and (predicted <= 1).all() and np.ptp(predicted) > 0.01
    np.testing.assert_allclose(model.predict(x[7:8]), predicted[7:8], rtol=1e-5)  # of each alone

    state = model.state()
    assert plain(state)
    save_checkpoint({"fold0": {"kind": model.KIND, "model": state}}, tmp_path / "model.ckpt")
    loaded = restore(load_checkpoint(tmp_path / "model.ckpt")["fold0"])
    assert type(loaded) is type(model) and same(loaded.state(), state)
    np.testing.assert_array_equal(loaded.predict(x), predicted)


@pytest.mark.parametrize("kind", FITTERS)
def test_a_fit_repeats_for_its_seed(kind: str) -> None:
    first, second, x = fitted(kind), fitted(kind), examples(40, 3).x
    assert same(first.state(), second.state())
    np.testing.assert_array_equal(first.predict(x), second.predict(x))


@pytest.mark.parametrize("kind", FITTERS)
def test_fits_leave_what_they_are_given_alone(kind: str) -> None:
    given, fit = parts(kind), examples(60, 1)
    before = {"encoders": parts(kind).encoders, "x": examples(60, 1).x}
    FITTERS[kind].fitter.of(given).fit(fit, examples(30, 2), FOLD, 5)
    assert same(given.encoders, before["encoders"])
    np.testing.assert_array_equal(fit.x, before["x"])
