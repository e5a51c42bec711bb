"""Splits: who is held out, in which fold, and who watches in each fold, for all people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.schemas import splits_schema
from cgni.cohort.settings import SplitSettings
from cgni.cohort.splits import make_splits

settings = job.section(SplitSettings)
splits = make_splits(read_table(snakemake.input.participants), settings, job.seed)
job.write(splits, snakemake.output.splits, splits_schema(settings.folds))
