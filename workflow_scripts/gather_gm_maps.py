"""Rows of all batches -> one table of the maps that were made and of the images that gave none."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.schemas import ATTRITION
from cgni.imaging.schemas import T1_QUALITY
from cgni.imaging.settings import T1Settings
from cgni.imaging.t1.gathering import attrition_rows, gather

outputs, batches = snakemake.output, [read_table(path) for path in snakemake.input.batches]
quality = gather(batches, job.section(T1Settings).most_failed)
job.write(quality, outputs.quality, T1_QUALITY)
job.write(attrition_rows(quality), outputs.attrition, ATTRITION)
