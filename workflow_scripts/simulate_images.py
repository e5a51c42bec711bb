"""Simulate gray-matter maps or T1 images, one `.nii.gz` a person, and their list; or a table of volumes."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import atomic_path
from cgni.base.tables import read_table
from cgni.simulation.images import simulate_images
from cgni.simulation.polygenic import EqtlSnps
from cgni.simulation.schemas import IMAGES, POLYGENIC, REGION_EFFECTS, REGIONS
from cgni.simulation.settings import SimulationSettings
from cgni.simulation.truth import TrueCohort
from cgni.simulation.volumes import image_list

people, settings = read_table(snakemake.input.people), job.section(SimulationSettings)
inputs = snakemake.input
snps = EqtlSnps.of(TrueCohort.load(inputs.genotypes).genotypes, read_table(inputs.variants))
drawn = simulate_images(people, snps, inputs.atlas, settings, job.seed)
listed = image_list(drawn, settings.images.kind, snakemake.output.images)
with atomic_path(snakemake.output.table) as temporary:
    listed.to_csv(temporary, index=False)
job.write(drawn.defects, snakemake.output.defects, IMAGES)
job.write(drawn.planted, snakemake.output.regions, REGIONS)
job.write(drawn.confounds, snakemake.output.effects, REGION_EFFECTS)
job.write(drawn.polygenic, snakemake.output.polygenic, POLYGENIC)
