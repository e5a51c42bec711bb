"""Participants, and the volumes of their images -> participants with a head size where the main table has none."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.schemas import participants_schema
from cgni.cohort.settings import CohortSettings
from cgni.imaging.t1.gathering import with_head_sizes

cohort = job.section(CohortSettings)
people = with_head_sizes(read_table(snakemake.input.participants), read_table(snakemake.input.quality))
schema = participants_schema(cohort.n_pcs, cohort.confounds, cohort.category_confounds)
job.write(people, snakemake.output.participants, schema)
