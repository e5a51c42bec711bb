"""A page in which the called regions are looked at from all sides."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_text
from cgni.base.tables import read_table
from cgni.figures.brain import painted_components
from cgni.figures.brain_viewer import viewer_page
from cgni.imaging.atlas_grid import read_atlas_as_it_is

inputs = snakemake.input
atlas, affine = read_atlas_as_it_is(inputs.atlas, inputs.atlas_labels)
painted = painted_components(read_table(inputs.contributions), atlas, affine)
write_text(viewer_page(painted, snakemake.params.stamp), snakemake.output.page)
