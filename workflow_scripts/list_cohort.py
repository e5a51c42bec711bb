"""The people of another cohort, whose outcome may be unknown, from the files that a study's people come from."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.application.archive import Archive
from cgni.application.bundle import refuse_other_outcome
from cgni.application.people import CohortFiles
from cgni.cohort.schemas import ATTRITION, participants_schema
from cgni.cohort.settings import CohortSettings, OutcomeSettings, SplitSettings
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.t1.listing import study_images

inputs, cohort, outcome = snakemake.input, job.section(CohortSettings), job.section(OutcomeSettings)
refuse_other_outcome(Archive.read(inputs.bundle).json("config.json"), outcome)
listed = study_images(job.value("inputs.images"), cohort.image_instances, job.section(ImagingSettings))
kinship = job.section(SplitSettings).kinship
files = CohortFiles(inputs.phenotypes, inputs.withdrawals, inputs.relatedness, inputs.samples, listed, kinship)
people, attrition = files.people(cohort, outcome)
schema = participants_schema(cohort.n_pcs, cohort.confounds, cohort.category_confounds)
job.write(people, snakemake.output.participants, schema)
job.write(attrition.frame(), snakemake.output.attrition, ATTRITION)
