"""Brain age of all splits, the holdout among them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cgni.audit.schemas import BRAIN_AGE
from cgni.base.tables import read_table
from cgni.cohort.roles import holdout_people
from cgni.cohort.settings import PeopleSettings
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import Device
from cgni.pretraining.checkpoint import build_cnn
from cgni.pretraining.evaluation import score_people
from cgni.pretraining.people import ImagedStudy, People, known_values, passing_people
from cgni.pretraining.tasks import AgeBinTask, AgeTask

_SCORES = ("mae", "mae_of_mean", "r")


def brain_age_scores(
    study: ImagedStudy,
    checkpoints: Sequence[str | Path],
    metrics: Sequence[str | Path],
    people: PeopleSettings,
    device: Device,
) -> pd.DataFrame:
    """Errors of every fold's brain-age network (`schemas.BRAIN_AGE`).

    Those of fit, monitor and validation people are the ones that the fit has written down; the holdout
    people's (everybody imaged whose map passed and whose age is known) are made here. Nothing is chosen by them.

    Parameters
    ----------
    checkpoints, metrics
        Of the folds, in their order: `pretrain_brain_age`'s outputs.
    people
        On whom the networks were fitted.
    """
    fit_on = "everybody" if people.pretrain_on == "everybody" else people.fit_on
    ages = known_values(study.participants, "age", passing_people(study.qc))
    unseen = ages[ages.index.isin(holdout_people(study.splits))]
    holdout = {"holdout": People(study.store.rows_of(unseen.index), unseen.to_numpy())}
    rows = []
    for fold, (checkpoint, written) in enumerate(zip(checkpoints, metrics, strict=True)):
        state = load_checkpoint(checkpoint)
        own = score_people(build_cnn(state), study.store, holdout, age_task(state["age"]), device)
        scores = pd.concat([read_table(written), own]).set_index(["split", "metric"])["value"]
        counts = {name: len(group) for name, group in study.groups(fold, fit_on, "age").items()}
        for split, count in {**counts, "holdout": len(unseen)}.items():
            rows.append((fold, split, count, *(float(scores.get((split, name), np.nan)) for name in _SCORES)))
    return pd.DataFrame(rows, columns=BRAIN_AGE.names)


def age_task(facts: Mapping[str, Any]) -> AgeTask | AgeBinTask:
    """The task of a brain-age checkpoint from what it states of it."""
    if "centres" in facts:
        return AgeBinTask(**{**facts, "centres": tuple(facts["centres"])})
    return AgeTask(**facts)
