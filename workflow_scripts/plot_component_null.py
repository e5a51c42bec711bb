"""Correlations of the components beside those of shuffled pairings."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.component_null import component_null, joined
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs = snakemake.input
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
null = joined([read_table(path) for path in inputs.null_correlations])
components, correlations = read_table(inputs.components), read_table(inputs.correlations)
style.save(component_null(components, correlations, null, style.palette), snakemake.output)
