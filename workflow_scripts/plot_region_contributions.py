"""Fig. 3: called regions on the brain."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.figures.brain import region_contributions
from cgni.figures.style import save_figure, use_style
from cgni.imaging.store import GmStore
from cgni.imaging.atlas import atlas_on_grid, region_names
from cgni.base.programs import atlas_paths
from cgni.base.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
image, names_file = atlas_paths(job.cfg["inputs"]["atlas"], job.cfg["inputs"]["atlas_labels"])
store = GmStore.open(Path(snakemake.input.maps).parent)
labels = atlas_on_grid(image, store.grid, store.affine)
label_of = {name: label for label, name in region_names(names_file).items()}
contributions = read_table(snakemake.input.contributions).query("modality == 'region' and fold == -1")
figure = region_contributions(contributions, labels, store.affine, label_of)
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
