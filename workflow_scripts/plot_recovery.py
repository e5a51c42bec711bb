"""Recall and precision against the planted truth."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.results import recovery
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
style.save(recovery(read_table(snakemake.input.recovery), style.palette), snakemake.output)
