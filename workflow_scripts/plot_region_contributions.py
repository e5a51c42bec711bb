"""Fig. 3: called regions on the brain."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.brain import region_contributions
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style
from cgni.imaging.atlas_grid import read_atlas_as_it_is

inputs = snakemake.input
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
atlas, affine = read_atlas_as_it_is(inputs.atlas, inputs.atlas_labels)
style.save(region_contributions(read_table(inputs.contributions), atlas, affine), snakemake.output)
