"""Learning curves of the brain-age, WM and contrastive networks."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

import pandas as pd

from cgni.figures.diagnostics import learning_curves
from cgni.figures.style import save_figure, use_style
from cgni.base.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])


def panel(paths, metric):
    curves = [read_table(path) for path in paths]
    table = pd.concat([c if "fold" in c else c.assign(fold=fold) for fold, c in enumerate(curves)])
    return table[table["metric"] == metric]


terms = json.loads(Path(snakemake.input.selection).read_text())["terms"]
contrastive = dict(zip(job.cfg["terms"], snakemake.input.contrastive, strict=True))[terms]
panels = {
    "Brain age, MAE (years)": panel(snakemake.input.pretraining, "mae"),
    "Working memory, balanced accuracy": panel(snakemake.input.transfer, "balanced_accuracy"),
    f"Contrastive {terms.removeprefix('terms')}, loss": panel([contrastive], "loss"),
}
figure = learning_curves(panels, style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
