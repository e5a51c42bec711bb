"""Fig. 1: distribution of the WM score with the two groups."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.figures.diagnostics import wm_scores
from cgni.figures.style import save_figure, use_style
from cgni.base.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
cfg = job.cfg["cohort"]
scores = read_table(snakemake.input.participants)["wm_score"]
figure = wm_scores(scores, cfg["wm_low"], cfg["wm_high"], style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
