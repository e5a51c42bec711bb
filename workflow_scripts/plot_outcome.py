"""Fig. 1: distribution of the outcome, with its groups."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.settings import OutcomeSettings
from cgni.figures.diagnostics import outcome_distribution
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
values, outcome = read_table(snakemake.input.participants)["outcome"], job.section(OutcomeSettings)
style.save(outcome_distribution(values, outcome, style.palette), snakemake.output)
