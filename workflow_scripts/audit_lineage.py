"""Who was used in which fit, and whether anybody was who must not be."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.audit.lineage import audit_lineage, refuse_leaks
from cgni.audit.schemas import LINEAGE_SUMMARY
from cgni.base.tables import read_table
from cgni.cohort.settings import PeopleSettings

inputs = snakemake.input
tables = [(Path(path).stem, read_table(path)) for path in [*inputs.networks, *inputs.small]]
lineage = audit_lineage(tables, read_table(inputs.splits), read_table(inputs.participants))
job.write(lineage, snakemake.output.lineage, LINEAGE_SUMMARY)
refuse_leaks(lineage, job.section(PeopleSettings))
