"""What regions are read with under the null, kept so that a further atlas needs no fit of its own.

Regions reach a component by the imaging encoder and the canonical weights of its nodes alone. Both are written down for
every replicate and fold. Shuffled pairings leave people's maps where they are, so any atlas can be occluded later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from cgni.base.views import IMAGING
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import restore_encoders
from cgni.contributions.null_fits import NullFold
from cgni.fold_data.people import FoldData
from cgni.fold_data.tables import StudyTables
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.scaling import Scaling
from cgni.occlusion.measure import FoldMeasurement
from cgni.occlusion.occluded import Occluded
from cgni.scca.fold import FoldEmbeddings, FoldScca
from cgni.scca.sparse import SparseFit

REPLICATE = "replicate"  # before its number, in a checkpoint


def reader_state(fits: Mapping[int, NullFold]) -> dict[str, Any]:
    """Plain types and tensors of a replicate: by fold the imaging encoder and the canonical weights of its nodes."""
    return {f"fold{fold}": _fold_state(own) for fold, own in fits.items()}


def restore_measurements(
    state: Mapping[str, Any],
    tables: StudyTables,
    folds: Sequence[FoldData],
    regions: Sequence[Occluded],
    people: PeopleSettings,
) -> dict[int, FoldMeasurement]:
    """A replicate's folds by number, ready for the view `imaging`; those whose sparse CCA has no weights are not there.

    Parameters
    ----------
    state
        What `reader_state` gave.
    folds
        The people of each fold, with their own genotypes: the view `imaging` does not look at them.
    regions
        Of each fold.
    """
    measured = {}
    for fold, (data, own_regions) in enumerate(zip(folds, regions, strict=True)):
        own = state.get(f"fold{fold}")
        if own is None:
            continue
        pair = restore_encoders(own["encoder"])
        embedded = FoldEmbeddings.of(embed(pair, data), tables.participants, tables.splits, fold, people)
        numbers = np.array(own["numbers"], int)
        fit = SparseFit({IMAGING: own["weights"].numpy()}, np.array(own["converged"], bool), numbers)
        scca = FoldScca(embedded, {IMAGING: Scaling.of(own["nodes"])}, fit)
        measured[fold] = FoldMeasurement(pair, data, scca, own_regions)
    return measured


def read_states(paths: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Numbers and states of all replicates, from the checkpoints of their batches, one batch in memory at a time.

    Raises
    ------
    InputError
        A checkpoint that is damaged or not there.
    """
    for path in paths:
        for name, state in load_checkpoint(path).items():
            yield int(name.removeprefix(REPLICATE)), state


def _fold_state(own: NullFold) -> dict[str, Any]:
    return {
        "encoder": own.pair.checkpoint((IMAGING,)),
        "weights": torch.from_numpy(np.ascontiguousarray(own.scca.fit.weights[IMAGING])),
        "nodes": own.scca.scalings[IMAGING].state(),
        "converged": [bool(value) for value in own.scca.fit.converged],
        "numbers": [int(value) for value in own.scca.fit.numbers],
    }
