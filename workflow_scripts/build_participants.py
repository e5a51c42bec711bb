"""Participants: main table, withdrawals, relatives, genotype and image lists -> one row a person."""

import logging

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.cohort.families import read_related_pairs
from cgni.cohort.participants import (
    OPTIONAL_FIELDS,
    build_participants,
    needed_fields,
)
from cgni.cohort.phenotypes import read_phenotypes, read_withdrawals
from cgni.cohort.samples import common_people
from cgni.cohort.schemas import ATTRITION, participants_schema
from cgni.imaging.paths import list_images
from cgni.base.tables import write_table

inputs, cohort = snakemake.input, job.cfg["cohort"]
n_pcs = cohort["n_pcs"]
read_pcs = n_pcs if cohort["pcs"] == "field" else 0  # else compute_components fills them in
phenotypes = read_phenotypes(inputs.phenotypes, needed_fields(cohort["wm_field"], read_pcs), OPTIONAL_FIELDS, read_pcs)
withdrawn = read_withdrawals(inputs.withdrawals) if inputs.withdrawals else set()
pairs = read_related_pairs(inputs.relatedness, job.cfg["splits"]["kinship"])
images = list_images(job.cfg["inputs"]["images"])
samples = common_people(list(inputs.samples))

people, attrition = build_participants(
    phenotypes, samples, pd.Index(images["participant_id"]), withdrawn, pairs, cohort
)
for line in attrition.lines():
    logging.info(line)
write_table(people, snakemake.output.participants, participants_schema(n_pcs), job.provenance())
write_table(attrition.frame(), snakemake.output.attrition, ATTRITION, job.provenance())
