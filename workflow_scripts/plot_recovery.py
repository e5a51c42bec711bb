"""Recall and precision against the planted truth."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.figures.results import recovery
from cgni.figures.style import save_figure, use_style
from cgni.base.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
figure = recovery(read_table(snakemake.input.recovery), style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
