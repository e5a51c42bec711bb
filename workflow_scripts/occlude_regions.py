"""Features of a fold's network for people's maps without each atlas region."""

from cgni.workflow.job import start

job = start(snakemake)

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.files import atomic_path
from cgni.imaging.store import GmStore
from cgni.imaging import atlas
from cgni.occlusion.people import occluded_ids
from cgni.occlusion.region_features import occlude_people
from cgni.base.seeds import derive_seed
from cgni.base.programs import atlas_paths
from cgni.base.tables import read_table
from cgni.pretraining.checkpoint import load_cnn
from cgni.networks.device import choose_device, prepare_torch

prepare_torch(0, snakemake.threads)  # nothing of torch is drawn at random here
fold, cfg, inputs = int(snakemake.wildcards.fold), job.cfg["occlusion"], snakemake.input
both = pd.Index(read_table(inputs.features)["participant_id"])
both = both.intersection(pd.Index(read_table(inputs.genotypes)["participant_id"]))
seed = derive_seed(job.cfg["seed"], "occlusion", fold)
ids, training = occluded_ids(read_table(inputs.splits), fold, both, cfg["people"], cfg["max_people"], seed)

store = GmStore.open(Path(inputs.maps).parent)
labels_file, names_file = atlas_paths(job.cfg["inputs"]["atlas"], job.cfg["inputs"]["atlas_labels"])
labels = atlas.atlas_on_grid(labels_file, store.grid, store.affine)
names = atlas.region_names(names_file)
present = np.array([label for label in names.index if (labels == label).any()])
lost = [name for label, name in names.items() if label not in set(present)]
if lost:
    logging.warning("%d of %d regions have no voxel on this grid: %s", len(lost), len(names), ", ".join(lost))
mean_map = store.mean_map(store.rows_of(training)) if cfg["baseline"] == "mean" else None
device = choose_device(snakemake.params.execution["execution"]["device"], "float32")
network = load_cnn(inputs.network).to(device.torch)
maps = store.each(store.rows_of(ids))
features = occlude_people(network, maps, ids, labels, present, names[present], cfg["baseline"], mean_map)
logging.info("%d people, %d regions", len(ids), len(present))
with atomic_path(snakemake.output.features) as temporary, temporary.open("wb") as stream:
    np.savez(stream, **features.arrays())
