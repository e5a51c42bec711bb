"""Predictions of the holdout: each fold's own classifier on its own features, written out model by model."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING
from cgni.classification.features import FeatureTables
from cgni.classification.holdout import predict_holdout
from cgni.classification.schemas import HOLDOUT
from cgni.networks.checkpoint import load_checkpoint
from tests.unit.classification.made_up import MODELS, PROPOSED, SmallModels
from tests.unit.fold_data.made_up import FOLDS, MadeUpStudy

torch.set_num_threads(1)


def test_every_model_predicts_the_labelled_holdout_people_once_a_fold(tmp_path: Path) -> None:
    study, models = MadeUpStudy(signal=1.0), SmallModels()
    # sites of the holdout that no fit person has, and people without a label
    study.participants["site"] = np.where(study.fold < 0, "z", np.where(study.labels == 1, "a", "b"))
    study.participants["outcome_group"] = (
        study.participants["outcome_group"].astype("Int8").where(study.fold != -1, pd.NA)
    )
    labelled = np.flatnonzero(study.fold < 0)[5:]
    study.participants.loc[labelled, "outcome_group"] = study.labels[labelled]

    encoders = models.encoders(study)
    embeddings = {"encoders": "ckpt", "embeddings": "parquet", "curve": "parquet", "lineage": "parquet"}
    embeddings = {name: str(tmp_path / f"{name}.{ending}") for name, ending in embeddings.items()}
    encoders.write(embeddings, {})
    tables = models.feature_tables(study)
    checkpoints, fits = {}, {name: models.fit(name, tables) for name in MODELS}
    for name, own in fits.items():
        own.write({"model": str(tmp_path / f"{name}.ckpt")}, {})
        checkpoints[name] = load_checkpoint(tmp_path / f"{name}.ckpt")
    specs, paths = [models.specs[name] for name in MODELS], {"terms124": embeddings["embeddings"]}
    table = predict_holdout(specs, checkpoints, study, paths, tables.hidden)

    write_table(table, tmp_path / "holdout.parquet", HOLDOUT, {})
    ids = study.participants["participant_id"][labelled]
    for fold in range(FOLDS):
        data = study.fold_data(fold)
        rows = np.flatnonzero(data.ids.isin(ids))
        z = encoders.embeddings[encoders.embeddings["fold"] == fold].filter(like=f"{GENETICS}_").to_numpy()
        h_g = tables.hidden[tables.hidden["fold"] == fold].filter(like="hidden_").to_numpy()
        people = study.participants.iloc[rows]
        decades = (people["age"] - 60) / 10
        aged = [people["age"], decades**2, people["sex"], decades * (people["sex"] - 0.5)]
        confounds = np.column_stack([*aged, people["head_size"], people["site"] == "b"])
        h, counts = data.views[IMAGING][rows], data.views[GENETICS][rows]
        inputs = {
            PROPOSED: np.hstack([z[rows], h]),
            "head_imaging": h,
            "genetic_nn": counts,
            "genetic_linear": counts,
            "imaging_genetic_svm": np.hstack([h, h_g[rows]]),
            "confounds": confounds,
        }
        for name, x in inputs.items():
            own = table[(table["fold"] == fold) & (table["model"] == name)]
            assert own["participant_id"].tolist() == ids.tolist()
            assert own["label"].tolist() == study.labels[labelled].tolist()
            expected = fits[name].models[fold].predict(x.astype(np.float32))
            np.testing.assert_allclose(own["probability"], expected, rtol=1e-6)
    assert len(table) == FOLDS * len(MODELS) * len(labelled)


def test_models_without_embeddings_need_none() -> None:
    study, models = MadeUpStudy(), SmallModels()
    fits = models.fit("genetic_linear", FeatureTables(study))
    spec = models.specs["genetic_linear"]
    table = predict_holdout([spec], {spec.name: fits.checkpoint}, study, {}, None)
    assert len(table) == FOLDS * 20 and table["participant_id"].nunique() == 20
