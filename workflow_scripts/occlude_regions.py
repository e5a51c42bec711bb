"""Contributions of atlas regions to the imaging variates of a fold."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import json
import logging
from pathlib import Path

import numpy as np

from workflow_scripts.cgni.imaging.store import GmStore
from workflow_scripts.cgni.interpretation import atlas, occlusion, schemas
from workflow_scripts.cgni.interpretation.people import occluded_ids
from workflow_scripts.cgni.models.encoders import load_encoders
from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.system import atlas_paths
from workflow_scripts.cgni.tables import read_table, write_table
from workflow_scripts.cgni.training.checkpoint import load_checkpoint, load_cnn
from workflow_scripts.cgni.training.device import prepare_torch

prepare_torch(0, snakemake.threads)  # nothing of torch is drawn at random here
fold, cfg = int(snakemake.wildcards.fold), job.cfg["occlusion"]
terms = json.loads(Path(snakemake.input.selection).read_text())["terms"]
encoders = dict(zip(job.cfg["terms"], snakemake.input.encoders, strict=True))[terms]
network, pair = load_cnn(snakemake.input.network), load_encoders(load_checkpoint(encoders), fold)
weights = read_table(snakemake.input.weights)
weights = weights[(weights["fold"] == fold) & (weights["modality"] == "imaging")]
readout = occlusion.variate_readout(weights, cfg["node"])

store = GmStore.open(Path(snakemake.input.maps).parent)
variates = read_table(snakemake.input.variates)
seed = derive_seed(job.cfg["seed"], "occlusion", fold)
ids, training = occluded_ids(variates[variates["fold"] == fold], cfg["people"], cfg["max_people"], seed)
labels_file, names_file = atlas_paths(job.cfg["inputs"]["atlas"], job.cfg["inputs"]["atlas_labels"])
labels = atlas.atlas_on_grid(labels_file, store.grid, store.affine)
names = atlas.region_names(names_file)
present = np.array([label for label in names.index if (labels == label).any()])
lost = [name for label, name in names.items() if label not in set(present)]
if lost:
    logging.warning("%d of %d regions have no voxel on this grid: %s", len(lost), len(names), ", ".join(lost))
mean_map = store.mean_map(store.rows_of(training)) if cfg["baseline"] == "mean" else None
rows = store.rows_of(ids)


def score(batch):
    return readout(pair.imaging(network.features(batch)))


masks = [labels == label for label in present]
losses = occlusion.occlude_maps(store.each(rows), masks, occlusion.map_baseline(cfg["baseline"], mean_map), score)
chosen = variates[variates["fold"] == fold].pivot(index="participant_id", columns="component", values="imaging")
means, sizes = atlas.region_means(store.each(rows), labels, present), np.array([mask.sum() for mask in masks])
table = occlusion.contribution_table(losses, names[present], means, chosen.loc[ids].to_numpy(), sizes, fold)
write_table(table, snakemake.output.regions, schemas.OCCLUSION, job.provenance())
