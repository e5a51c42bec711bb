"""Imaging against genetic variates of unseen people."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.figures.results import canonical_variates
from workflow_scripts.cgni.figures.style import save_figure, use_style
from workflow_scripts.cgni.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
figure = canonical_variates(read_table(snakemake.input.variates), style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
