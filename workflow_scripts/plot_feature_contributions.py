"""Called features of a table, in the place of Fig. 3."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.feature_bars import feature_contributions
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
style.save(feature_contributions(read_table(snakemake.input.contributions)), snakemake.output)
