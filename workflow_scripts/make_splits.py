"""Splits: who is held out, in which fold, and who watches in each fold, for all people."""

import logging

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.cohort.schemas import splits_schema
from workflow_scripts.cgni.cohort.splits import make_splits
from workflow_scripts.cgni.tables import read_table, write_table

keys = job.cfg["splits"]
splits = make_splits(read_table(snakemake.input.participants), keys, job.cfg["seed"])
held_out = int((splits["role"] == "holdout").sum())
logging.info("%d people held out, %d in %d folds", held_out, len(splits) - held_out, keys["folds"])
write_table(splits, snakemake.output.splits, splits_schema(keys["folds"]), job.provenance())
