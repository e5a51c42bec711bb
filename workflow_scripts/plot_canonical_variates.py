"""Imaging against genetic variates of unseen people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.results import canonical_variates
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
variates, names = read_table(snakemake.input.variates), job.value("outcome.group_names")
style.save(canonical_variates(variates, names, style.palette), snakemake.output)
