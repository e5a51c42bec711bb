"""Distribution of the images' correlation with the reference."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.figures.diagnostics import gm_quality
from workflow_scripts.cgni.figures.style import save_figure, use_style
from workflow_scripts.cgni.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
threshold = job.cfg["imaging"]["qc"]["correlation"]
figure = gm_quality(read_table(snakemake.input.qc)["r"].to_numpy(), threshold, style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
