"""Contributions of regions and SNPs to the canonical variates of every fold."""

from cgni.workflow.job import start

job = start(snakemake)


from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.fold_data.tables import StudyTables
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch
from cgni.occlusion.measure import measure_study
from cgni.occlusion.occluded import load_occluded
from cgni.occlusion.schemas import OCCLUSION
from cgni.occlusion.settings import OcclusionSettings

prepare_torch(0, snakemake.threads)  # nothing of torch is drawn at random here
inputs, settings = snakemake.input, job.section(OcclusionSettings)
interpreted = read_json(inputs.selection, "interpreted")["interpreted"]
encoders = load_checkpoint(dict(zip(job.value("encoders"), inputs.encoders, strict=True))[interpreted])
tables = StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings))
regions = map(load_occluded, inputs.regions)
found = measure_study(tables, encoders, read_table(inputs.weights), regions, settings, job.section(PeopleSettings))
for view, table in found.items():
    job.write(table, snakemake.output[view], OCCLUSION)
