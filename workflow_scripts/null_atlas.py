"""Contributions of the regions of a further atlas under the null, by the encoders of its replicates."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.contributions.null_readers import read_states
from cgni.contributions.replicates import OcclusionStudy, atlas_shares
from cgni.contributions.schemas import NULL_SHARES
from cgni.fold_data.tables import StudyTables
from cgni.networks.device import prepare_torch

prepare_torch(0, snakemake.threads)  # nothing of torch is drawn at random here
inputs = snakemake.input
tables = StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings))
occluded = OcclusionStudy.read(inputs.regions, job.section)
found = atlas_shares(read_states(inputs.readers), tables, occluded, job.section(PeopleSettings))
job.write(found, snakemake.output.shares, NULL_SHARES)
