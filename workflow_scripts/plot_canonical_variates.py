"""Imaging against genetic variates of unseen people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.figures.results import canonical_variates
from cgni.figures.style import save_figure, use_style
from cgni.base.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
figure = canonical_variates(read_table(snakemake.input.variates), style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
