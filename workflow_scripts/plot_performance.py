"""Balanced accuracy of every model."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.figures.results import performance
from workflow_scripts.cgni.figures.style import save_figure, use_style
from workflow_scripts.cgni.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
figure = performance(read_table(snakemake.input.performance), job.cfg["models"], style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
