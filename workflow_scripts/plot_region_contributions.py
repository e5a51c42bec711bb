"""Fig. 3: called regions on the brain."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from pathlib import Path

from workflow_scripts.cgni.figures.brain import region_contributions
from workflow_scripts.cgni.figures.style import save_figure, use_style
from workflow_scripts.cgni.imaging.store import GmStore
from workflow_scripts.cgni.interpretation.atlas import atlas_on_grid, region_names
from workflow_scripts.cgni.system import atlas_paths
from workflow_scripts.cgni.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
image, names_file = atlas_paths(job.cfg["inputs"]["atlas"], job.cfg["inputs"]["atlas_labels"])
store = GmStore.open(Path(snakemake.input.maps).parent)
labels = atlas_on_grid(image, store.grid, store.affine)
label_of = {name: label for label, name in region_names(names_file).items()}
contributions = read_table(snakemake.input.contributions).query("modality == 'region' and fold == -1")
figure = region_contributions(contributions, labels, store.affine, label_of)
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
