"""Brain-age pretraining (study stage 1)."""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import torch

from cgni.base.seeds import derive_seed
from cgni.cohort.settings import PeopleSettings
from cgni.imaging.store import GmStore
from cgni.networks.run import Run
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.evaluation import score_people
from cgni.pretraining.fit import Fitted, fit_network
from cgni.pretraining.people import ImagedStudy, People, located
from cgni.pretraining.settings import PretrainingSettings
from cgni.pretraining.tasks import AgeBinTask, AgeTask
from cgni.pretraining.trained import TrainedNetwork


def pretrain_fold(
    study: ImagedStudy,
    fold: int,
    mask: np.ndarray,
    people: PeopleSettings,
    settings: PretrainingSettings,
    run: Run,
) -> TrainedNetwork:
    """The brain-age network of a fold: everybody whose map passed and whose age is known.

    Parameters
    ----------
    mask
        Gray matter, bool [x, y, z].
    run
        Its seed is the study's.

    Raises
    ------
    InputError
        Too few people, a grid too coarse for the network, ages that fill a single bin, or a loss that is not finite.
    """
    fit_on = "everybody" if people.pretrain_on == "everybody" else people.fit_on
    groups = study.groups(fold, fit_on, "age")
    own = located(groups, study.store)
    run = run.seeded(derive_seed(run.seed, "pretraining", fold))
    network, fitted, task = pretrain_brain_age(study.store, mask, own, settings, run)
    metrics = score_people(network, study.store, own, task, run.device)
    return TrainedNetwork(network, fitted, metrics, groups, {"age": asdict(task)})


def pretrain_brain_age(
    store: GmStore,
    mask: np.ndarray,
    people: Mapping[str, People],
    settings: PretrainingSettings,
    run: Run,
) -> tuple[BrainCnn, Fitted, AgeTask | AgeBinTask]:
    """Train a new network on the ages (years) of `people["fit"]`, watched by `people["monitor"]`.

    Input scaling (inside `mask`) and the scale of age come from the fit people alone.
    """
    ages = people["fit"].values
    task = AgeBinTask.of(ages, settings.bin_years) if settings.output == "bins" else AgeTask.of(ages)
    torch.manual_seed(derive_seed(run.seed, "start"))
    outputs = len(task.centres) if isinstance(task, AgeBinTask) else 1
    network = BrainCnn(store.grid, settings.channels, settings.kernel, settings.dropout, outputs)
    network.set_scaling(*masked_scaling(store, people["fit"].rows, mask))
    fitted = fit_network(network, store, people, task, settings, run)
    return network, fitted, task


def masked_scaling(store: GmStore, rows: np.ndarray, mask: np.ndarray) -> tuple[float, float]:
    """Mean and SD over the masked voxels of the maps in `rows`: the one input scaling of a fold's networks."""
    total = squares = 0.0
    for row in rows:
        values = store.read_one(row)[mask].astype(np.float64)
        total += values.sum()
        squares += np.square(values).sum()
    count = len(rows) * int(mask.sum())
    mean = total / count
    return float(mean), float(np.sqrt(max(squares / count - mean**2, 0.0)) or 1.0)
