"""Participants: main table, withdrawals, relatives, genotype and image lists -> one row a person."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.cohort.families import read_related_pairs
from cgni.cohort.id_lists import KnownIds, read_withdrawals
from cgni.cohort.participants import build_participants, read_main_table
from cgni.cohort.samples import common_people
from cgni.cohort.schemas import ATTRITION, participants_schema
from cgni.cohort.settings import CohortSettings, SplitSettings
from cgni.imaging.paths import stated_visits
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.t1.listing import study_images

inputs, output, cohort = snakemake.input, snakemake.output, job.section(CohortSettings)
phenotypes = read_main_table(inputs.phenotypes, cohort)
known = KnownIds(phenotypes.ids)
withdrawn = read_withdrawals(inputs.withdrawals, known)
pairs = read_related_pairs(inputs.relatedness, job.section(SplitSettings).kinship, known)
listed = study_images(job.value("inputs.images"), cohort.image_instances, job.section(ImagingSettings))
samples, visits = common_people(inputs.samples), stated_visits(listed)
ids = pd.Index(listed["participant_id"])
people, attrition = build_participants(phenotypes, samples, ids, withdrawn, pairs, cohort, visits)
schema = participants_schema(cohort.n_pcs, cohort.confounds, cohort.category_confounds)
job.write(people, output.participants, schema)
job.write(attrition.frame(), output.attrition, ATTRITION)
