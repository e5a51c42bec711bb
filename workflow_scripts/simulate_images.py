"""Simulate gray-matter maps, one `.nii.gz` a person, and their list."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import atomic_path
from cgni.base.tables import read_table
from cgni.simulation.images import simulate_images
from cgni.simulation.schemas import IMAGES, REGIONS
from cgni.simulation.settings import SimulationSettings

people, settings = read_table(snakemake.input.people), job.section(SimulationSettings)
drawn = simulate_images(people, snakemake.input.atlas, settings, job.seed)
listed = drawn.write(snakemake.output.images)
with atomic_path(snakemake.output.table) as temporary:
    listed.to_csv(temporary, index=False)
job.write(drawn.defects, snakemake.output.defects, IMAGES)
job.write(drawn.planted, snakemake.output.regions, REGIONS)
