"""Participants: main table, withdrawals, relatives, genotype and image lists -> one row a person."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.cohort.families import read_related_pairs
from cgni.cohort.id_lists import KnownIds, read_withdrawals
from cgni.cohort.participants import Imaged, build_participants, read_main_table
from cgni.cohort.samples import common_people
from cgni.cohort.schemas import ATTRITION, participants_schema
from cgni.cohort.settings import CohortSettings, OutcomeSettings, SplitSettings
from cgni.imaging.paths import stated_visits
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.t1.listing import study_images

inputs, output = snakemake.input, snakemake.output
cohort, outcome = job.section(CohortSettings), job.section(OutcomeSettings)
phenotypes = read_main_table(inputs.phenotypes, cohort, outcome)
known = KnownIds(phenotypes.ids)
withdrawn = read_withdrawals(inputs.withdrawals, known)
pairs = read_related_pairs(inputs.relatedness, job.section(SplitSettings).kinship, known)
listed = study_images(job.value("inputs.images"), cohort.image_instances, job.section(ImagingSettings))
imaged, samples = Imaged(pd.Index(listed["participant_id"]), stated_visits(listed)), common_people(inputs.samples)
people, attrition = build_participants(phenotypes, samples, imaged, withdrawn, pairs, cohort, outcome)
schema = participants_schema(cohort.n_pcs, cohort.confounds, cohort.category_confounds)
job.write(people, output.participants, schema)
job.write(attrition.frame(), output.attrition, ATTRITION)
