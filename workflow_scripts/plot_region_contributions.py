"""Fig. 3: called regions on the brain."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.tables import read_table
from cgni.figures.brain import region_contributions
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style
from cgni.imaging.atlas import read_atlas
from cgni.imaging.store import GmStore

inputs = snakemake.input
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
store = GmStore.open(Path(inputs.maps).parent)
atlas = read_atlas(inputs.atlas, inputs.atlas_labels, store.grid, store.affine)
style.save(region_contributions(read_table(inputs.contributions), atlas, store.affine), snakemake.output)
