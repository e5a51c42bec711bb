"""Imaging against genetic variates of unseen people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.people_points import people_look
from cgni.figures.results import canonical_variates
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
kind, names, simulated = map(job.value, ("outcome.kind", "outcome.group_names", "simulation.enabled"))
look = people_look(kind, names, style.palette, simulated)
style.save(canonical_variates(read_table(snakemake.input.variates), look), snakemake.output)
