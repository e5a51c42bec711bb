"""Ridge regression of age on the imaging features of every fold's fit people, and its errors on all splits."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.audit.ridge_brain_age import ridge_brain_age
from cgni.audit.schemas import BRAIN_AGE
from cgni.cohort.settings import PeopleSettings
from cgni.fold_data.tables import StudyTables
from cgni.networks.schemas import FOLD_LINEAGE

tables = StudyTables.of(dict(snakemake.input.items()))
scores, used = ridge_brain_age(tables, job.section(PeopleSettings))
job.write(scores, snakemake.output.scores, BRAIN_AGE)
job.write(used, snakemake.output.lineage, FOLD_LINEAGE)
