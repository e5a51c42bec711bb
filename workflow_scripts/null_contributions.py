"""Contributions under the null: encoders trained on shuffled pairings, a batch of replicates in all folds."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.scca import schemas
from cgni.occlusion.region_features import RegionFeatures
from cgni.contributions.replicates import null_replicate
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table, write_table
from cgni.networks.device import prepare_torch
from cgni.classification.inputs import StudyTables

inputs, count, size = snakemake.input, job.cfg["contributions"]["null_encoders"], job.cfg["contributions"]["null_batch"]
seed = derive_seed(job.cfg["seed"], "contributions")
prepare_torch(seed, snakemake.threads)
terms = json.loads(Path(inputs.selection).read_text())["interpreted"]
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
folds = [tables.fold_data(fold) for fold in tables.folds()]
regions = []
for path in inputs.regions:
    with np.load(path, allow_pickle=False) as arrays:
        regions.append(RegionFeatures(**arrays))
grid = read_table(inputs.grid)
first = int(snakemake.wildcards.batch) * size
shares, correlations = [], []
for replicate in range(first, min(first + size, count)):
    found = null_replicate(
        replicate, folds, regions, tables.participants, tables.splits, grid[grid["chosen"]], terms, job.cfg, seed
    )
    shares.append(found[0])
    correlations.append(found[1])
provenance = job.provenance()
write_table(pd.concat(shares, ignore_index=True), snakemake.output.shares, schemas.NULL_SHARES, provenance)
table = pd.concat(correlations, ignore_index=True)
write_table(table, snakemake.output.correlations, schemas.NULL_CORRELATIONS, provenance)
