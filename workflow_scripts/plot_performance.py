"""Balanced accuracy of every model."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.results import performance
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
scores, labels = read_table(snakemake.input.performance), snakemake.params.labels
style.save(performance(scores, job.value("models"), labels, style.palette), snakemake.output)
