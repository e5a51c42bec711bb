"""Fit a pair of encoders in every fold, going on after the last finished fold of an interrupted job."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cgni.base.processes import named_in_logs
from cgni.base.seeds import derive_seed
from cgni.base.tables import write_table
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import load_encoders
from cgni.contrastive.fit import fit_encoders
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import EncoderSpec
from cgni.fold_data.schemas import numbered_schema
from cgni.fold_data.tables import StudyTables
from cgni.networks.checkpoint import save_checkpoint
from cgni.networks.resume import FinishedFolds, ResumeFile
from cgni.networks.schemas import FOLD_CURVE, FOLD_LINEAGE


@dataclass(frozen=True)
class EncoderFits:
    """Encoders of every fold.

    Attributes
    ----------
    checkpoint : {"fold0": ...} of plain types and tensors (`encoders.load_encoders`).
    embeddings : fold, participant_id, imaging_0 ..., genetics_0 ... of everybody with both modalities.
    curve, lineage : in the columns of FOLD_CURVE and FOLD_LINEAGE.
    """

    checkpoint: dict[str, Any]
    embeddings: pd.DataFrame
    curve: pd.DataFrame
    lineage: pd.DataFrame

    def write(self, outputs: Mapping[str, str], provenance: Mapping[str, Any]) -> None:
        """Write the outputs encoders, embeddings, curve and lineage."""
        numbered = [name for name in self.embeddings.columns if name not in ("fold", "participant_id")]
        save_checkpoint(self.checkpoint, outputs["encoders"])
        own = dict(provenance)
        write_table(self.embeddings, outputs["embeddings"], numbered_schema(numbered), own)
        write_table(self.curve, outputs["curve"], FOLD_CURVE, own)
        write_table(self.lineage, outputs["lineage"], FOLD_LINEAGE, own)


def fit_contrastive_folds(
    tables: StudyTables,
    spec: EncoderSpec,
    settings: ContrastiveSettings,
    people: PeopleSettings,
    seed: int,
    resume: ResumeFile | None = None,
) -> EncoderFits:
    """Encoders of one loss subset in every fold, and embeddings of everybody with both modalities.

    Parameters
    ----------
    seed
        That of the stage, the same for all subsets and candidates, which then differ by their terms and settings
        alone; each fold derives its own.
    """
    finished = FinishedFolds(resume)
    checkpoint, embeddings, curves, used = {}, [], [], []
    for fold in tables.folds():
        data = tables.fold_data(fold)
        fit = finished.get(fold)
        if fit is None:
            with named_in_logs(f"fold {fold}"):
                logging.info("%d people with both modalities", len(data.ids))
                own = fit_encoders(data, spec, settings, people, derive_seed(seed, fold))
            used_ids = {use: list(ids) for use, ids in own.used.items()}
            fit = {"encoders": own.pair.checkpoint(), "curve": own.curve, "used": used_ids}
            finished.add(fold, fit)
        checkpoint[f"fold{fold}"] = fit["encoders"]
        embeddings.append(embed(load_encoders(checkpoint, fold), data).assign(fold=fold))
        curves += [{"fold": fold, **row} for row in fit["curve"]]
        used += [(fold, person, use) for use, ids in fit["used"].items() for person in ids]
    return EncoderFits(
        checkpoint,
        pd.concat(embeddings, ignore_index=True),
        pd.DataFrame(curves, columns=FOLD_CURVE.names),
        pd.DataFrame(used, columns=FOLD_LINEAGE.names),
    )
