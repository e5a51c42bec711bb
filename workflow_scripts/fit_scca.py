"""Sparse CCA of the chosen and of label-free encoders' embeddings: weights, variates, correlations with p-values."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.scca import schemas
from cgni.scca.fold import read_folds
from cgni.scca.settings import SccaSettings
from cgni.scca.tables import scca_tables

inputs, outputs = snakemake.input, snakemake.output
interpreted = json.loads(Path(inputs.selection).read_text())["interpreted"]
embeddings = dict(zip(job.value("encoders"), inputs.embeddings, strict=True))[interpreted]
participants, splits = read_table(inputs.participants), read_table(inputs.splits)
chosen, label_free = (read_folds(read_table(path), participants, splits) for path in (embeddings, inputs.label_free))

found = scca_tables(chosen, label_free, participants, job.section(SccaSettings), derive_seed(job.seed, "scca"))
job.write(found.grid, outputs.grid, schemas.GRID)
job.write(found.weights, outputs.weights, schemas.WEIGHTS)
job.write(found.variates, outputs.variates, schemas.VARIATES)
job.write(found.correlations, outputs.correlations, schemas.CORRELATIONS)
