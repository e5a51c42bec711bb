"""Balanced accuracy of every model."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.figures.results import performance
from cgni.figures.style import save_figure, use_style
from cgni.base.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
figure = performance(read_table(snakemake.input.performance), job.cfg["models"], style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
