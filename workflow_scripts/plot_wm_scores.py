"""Fig. 1: distribution of the WM score with the two groups."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.settings import CohortSettings
from cgni.figures.diagnostics import wm_scores
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
scores, cohort = read_table(snakemake.input.participants)["wm_score"], job.section(CohortSettings)
style.save(wm_scores(scores, cohort.wm_low, cohort.wm_high, style.palette), snakemake.output)
