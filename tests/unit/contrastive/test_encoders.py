"""Encoders of a fold: whom they see, what they learn, and that they come back from their files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import load_encoders
from cgni.contrastive.fit import EncoderFit, fit_encoders
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from cgni.fold_data.people import FoldData, fit_rows
from cgni.networks.checkpoint import load_checkpoint, save_checkpoint
from tests.unit.fold_data.made_up import made_up_fold, made_up_people, same, spoiled

torch.set_num_threads(1)
SETTINGS = ContrastiveSettings(
    include_positive=True,
    reduction="mean",
    temperature=0.1,
    layers={IMAGING: (16, 8), GENETICS: (16, 8)},
    dropout=0.1,
    batch_size=20,
    epochs=4,
    learning_rate=1e-2,
    weight_decay=1e-4,
    patience=2,
)


def fitted(
    data: FoldData,
    fit_on: str = "fit",
    terms: tuple[int, ...] = (1, 2, 4),
    linear: bool = False,
    encoders_on: str = "labelled",
    **changes: object,
) -> EncoderFit:
    people = PeopleSettings(fit_on=fit_on, encoders_on=encoders_on)
    return fit_encoders(data, encoder_spec(terms, linear), replace(SETTINGS, **changes), people, 3)


def test_encoders_see_fit_and_monitor_people_only() -> None:
    data = made_up_fold()
    first = fitted(data)
    assert set(first.used["fit"]) == set(data.ids[:70]) and set(first.used["monitor"]) == set(data.ids[70:90])
    views = {view: values.copy() for view, values in data.views.items()}
    views[IMAGING][90:] += 100
    views[GENETICS][90:] = 2
    changed = replace(data, views=views, labels=np.where(np.arange(120) < 90, data.labels, 1 - data.labels))
    again = fitted(changed)
    for name, value in first.pair.state_dict().items():
        assert torch.equal(value, again.pair.state_dict()[name]), name
    for view in VIEWS:
        np.testing.assert_array_equal(first.pair.scalings[view].mean, again.pair.scalings[view].mean)


@pytest.mark.parametrize("fit_on", ["fit", "training"])
def test_encoders_are_the_same_whatever_unseen_people_look_like(fit_on: str) -> None:
    data = made_up_people()
    first, second = fitted(data, fit_on), fitted(spoiled(data, "validation", "holdout"), fit_on)
    assert same(first.pair.checkpoint(), second.pair.checkpoint())
    assert first.curve == second.curve
    seen = fitted(spoiled(data, "fit"), fit_on)
    assert not same(first.pair.checkpoint(), seen.pair.checkpoint())  # the comparison can fail
    used = {use: set(ids) for use, ids in first.used.items()}
    assert not used["fit"] & used["monitor"]
    assert set(data.part[data.ids.isin(used["fit"] | used["monitor"])]) == {"fit", "monitor"}


def test_input_scaling_sees_the_fit_people_alone() -> None:
    data = made_up_people()
    scalings = fitted(spoiled(data, "monitor", "validation", "holdout"), terms=(1,)).pair.scalings
    rows = fit_rows(data, "fit")
    for view in VIEWS:
        np.testing.assert_allclose(scalings[view].mean, data.views[view][rows].mean(axis=0), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(scalings[view].sd, data.views[view][rows].std(axis=0), rtol=1e-4)


def test_without_a_monitor_all_epochs_run() -> None:
    """paper: everybody is fitted on, so nothing stops the fit."""
    fit = fitted(made_up_people(), "training")
    assert [row["epoch"] for row in fit.curve] == [1, 2, 3, 4]
    assert {row["split"] for row in fit.curve} == {"fit"} and len(fit.used["monitor"]) == 0


def test_the_learning_curve_tells_of_collapse() -> None:
    names = {row["metric"] for row in fitted(made_up_people()).curve if row["split"] == "monitor"}
    assert names == {"loss", "alignment", "uniformity", "effective_rank", "class_spread"}


@pytest.mark.parametrize(("terms", "fit_on"), [((1, 2, 4), "fit"), ((1,), "training")])
def test_encoders_come_back_from_their_file(terms: tuple[int, ...], fit_on: str, tmp_path: Path) -> None:
    data = made_up_people()
    pair = fitted(data, fit_on, terms).pair
    save_checkpoint({"fold2": pair.checkpoint()}, tmp_path / "encoders.ckpt")
    loaded = load_encoders(load_checkpoint(tmp_path / "encoders.ckpt"), 2)
    pd.testing.assert_frame_equal(embed(pair, data), embed(loaded, data))
    table = embed(loaded, data)
    assert list(table) == ["participant_id", *(f"{view}_{n}" for view in VIEWS for n in range(8))]
    assert table["participant_id"].tolist() == list(data.ids)  # unlabelled and holdout people too
    for view in VIEWS:
        own = table.filter(regex=f"^{view}_").to_numpy()
        np.testing.assert_allclose(np.linalg.norm(own, axis=1), 1, rtol=1e-5)
        with torch.inference_mode():
            raw = loaded.raw(view, torch.from_numpy(data.views[view])).numpy()
        scaled = raw / np.linalg.norm(raw, axis=1, keepdims=True)
        np.testing.assert_allclose(own, scaled, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("normalise", [True, False])
def test_embeddings_follow_from_the_first_layers_output(normalise: bool) -> None:
    """What occlusion and the null use: the first layer's output is all that they change."""
    data = made_up_people()
    pair = fitted(data, normalise=normalise, learning_rate=1e-4).pair
    for view in VIEWS:
        values = torch.from_numpy(data.views[view])
        scaling = pair.scalings[view]
        with torch.inference_mode():
            hidden = pair.mlp(view).linears[0](
                (values - values.new_tensor(scaling.mean)) / values.new_tensor(scaling.sd)
            )
            torch.testing.assert_close(pair.from_first(view, hidden), pair.encode(view, values))


@pytest.mark.parametrize(("key", "value"), [("l1", 0.1), ("weight_decay", 5.0)])
def test_penalties_shrink_the_encoders(key: str, value: float) -> None:
    """L1 on hidden weights, and decay apart from the gradient: the hidden weights' mean size falls."""

    def size(**changes: float) -> float:
        pair = fitted(made_up_people(), "training", optimiser="adamw", **changes).pair
        return float(pair.mlp(GENETICS).linears[0].weight.detach().abs().mean())

    assert size(**{key: value}) < 0.8 * size()


def test_a_linear_genetic_encoder_is_one_layer() -> None:
    data = made_up_people()
    pair = fitted(data, linear=True).pair
    assert [len(pair.mlp(view).linears) for view in (IMAGING, GENETICS)] == [2, 1]
    first, second = torch.from_numpy(data.views[GENETICS][:2])
    with torch.inference_mode():
        middle = pair.raw(GENETICS, ((first + second) / 2)[None])
        ends = (pair.raw(GENETICS, first[None]) + pair.raw(GENETICS, second[None])) / 2
    torch.testing.assert_close(middle, ends, rtol=1e-4, atol=1e-5)
