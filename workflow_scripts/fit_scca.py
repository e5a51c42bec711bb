"""Sparse CCA of the chosen and of label-free encoders' embeddings: weights, variates, correlations with p-values."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

import pandas as pd

from cgni.scca import schemas
from cgni.scca.tables import (
    correlation_table,
    read_folds,
    variate_table,
    weight_table,
)
from cgni.scca.study import align, fit_chosen, fit_study
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table, write_table

cfg, seed = job.cfg["scca"], derive_seed(job.cfg["seed"], "scca")
terms = json.loads(Path(snakemake.input.selection).read_text())["interpreted"]
embeddings = dict(zip(job.cfg["terms"], snakemake.input.embeddings, strict=True))[terms]
participants, splits = read_table(snakemake.input.participants), read_table(snakemake.input.splits)
folds = read_folds(read_table(embeddings), participants, splits)
grid = fit_study(folds, cfg, seed)
label_free = read_folds(read_table(snakemake.input.label_free), participants, splits)
fit_chosen(label_free, grid[grid["chosen"]], cfg)  # at the same penalties
align(label_free)

provenance = job.provenance()
write_table(grid, snakemake.output.grid, schemas.GRID, provenance)
write_table(weight_table(folds, cfg, seed), snakemake.output.weights, schemas.WEIGHTS, provenance)
write_table(variate_table(folds), snakemake.output.variates, schemas.VARIATES, provenance)
parts = [
    correlation_table(own, participants, cfg["permutations"], seed, encoders)
    for encoders, own in (("chosen", folds), ("label_free", label_free))
]
write_table(pd.concat(parts, ignore_index=True), snakemake.output.correlations, schemas.CORRELATIONS, provenance)
