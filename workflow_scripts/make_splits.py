"""Splits: who is held out, in which fold, and who watches in each fold, for all people."""

import logging

from cgni.workflow.job import start

job = start(snakemake)

from cgni.cohort.schemas import splits_schema
from cgni.cohort.splits import make_splits
from cgni.base.tables import read_table, write_table

keys = job.cfg["splits"]
splits = make_splits(read_table(snakemake.input.participants), keys, job.cfg["seed"])
held_out = int((splits["role"] == "holdout").sum())
logging.info("%d people held out, %d in %d folds", held_out, len(splits) - held_out, keys["folds"])
write_table(splits, snakemake.output.splits, splits_schema(keys["folds"]), job.provenance())
