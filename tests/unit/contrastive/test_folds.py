"""Encoders of all folds: an interruption loses one fold alone, and what is written can be read."""

from pathlib import Path

import pandas as pd
import pytest
import torch

from cgni.base.tables import read_provenance, read_table
from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive import folds
from cgni.contrastive.embeddings import embed
from cgni.contrastive.encoders import load_encoders
from cgni.contrastive.folds import EncoderFits, fit_contrastive_folds
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.resume import ResumeFile
from tests.unit.fold_data.made_up import FOLDS, MadeUpStudy

torch.set_num_threads(1)
SETTINGS = ContrastiveSettings(
    include_positive=True,
    reduction="mean",
    temperature=0.1,
    layers={IMAGING: (8,), GENETICS: (8,)},
    batch_size=20,
    epochs=3,
    learning_rate=1e-2,
    weight_decay=0.0,
    patience=3,
)


def fitted(study: MadeUpStudy, resume: ResumeFile | None = None) -> EncoderFits:
    people = PeopleSettings(fit_on="fit", encoders_on="labelled")
    return fit_contrastive_folds(study, encoder_spec((1, 2, 4)), SETTINGS, people, 1, resume)


def test_an_interrupted_job_goes_on_after_its_last_fold_with_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill in fold 1 loses fold 1 alone: fold 0 is not fitted again, and the results are those of a whole run."""
    study = MadeUpStudy(signal=1.0)
    whole = fitted(study)
    real, seen = folds.fit_encoders, []

    def killed(data, *rest):
        seen.append(set(data.ids[data.part == "validation"]))
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(data, *rest)

    monkeypatch.setattr(folds, "fit_encoders", killed)
    with pytest.raises(KeyboardInterrupt):
        fitted(study, ResumeFile(tmp_path / "terms124", {"config": 1}))
    again = fitted(study, ResumeFile(tmp_path / "terms124", {"config": 1}))
    assert len(seen) == 3 and seen[1] == seen[2] != seen[0]
    pd.testing.assert_frame_equal(again.embeddings, whole.embeddings)
    pd.testing.assert_frame_equal(again.curve, whole.curve)
    pd.testing.assert_frame_equal(again.lineage, whole.lineage)
    other = ResumeFile(tmp_path / "terms124", {"config": 2})
    assert other.load() is None  # another config never goes on from it


def test_what_is_written_is_what_was_fitted(tmp_path: Path) -> None:
    study = MadeUpStudy()
    fits = fitted(study)
    names = {"encoders": "ckpt", "embeddings": "parquet", "curve": "parquet", "lineage": "parquet"}
    outputs = {name: str(tmp_path / f"{name}.{ending}") for name, ending in names.items()}
    fits.write(outputs, {"rule": "train_contrastive"})
    embeddings, checkpoint = read_table(outputs["embeddings"]), load_checkpoint(outputs["encoders"])
    pd.testing.assert_frame_equal(embeddings, fits.embeddings[list(embeddings)], check_dtype=False)
    assert read_provenance(outputs["curve"]) == {"rule": "train_contrastive"}
    lineage = read_table(outputs["lineage"])
    for fold in range(FOLDS):
        data = study.fold_data(fold)
        own = embeddings[embeddings["fold"] == fold].drop(columns="fold").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, embed(load_encoders(checkpoint, fold), data))
        used = lineage[lineage["fold"] == fold]
        for use in ("fit", "monitor"):
            assert set(used.loc[used["use"] == use, "participant_id"]) == set(data.ids[data.rows(use)])
    assert set(read_table(outputs["curve"])["fold"]) == {0, 1}
