"""Distribution of the images' correlation with the reference, its relations, and the worst images."""

from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

import numpy as np

from cgni.figures.image_quality import gm_quality
from cgni.figures.style import save_figure, use_style
from cgni.imaging.quality import worst_rows
from cgni.imaging.store import GmStore
from cgni.base.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
table = read_table(snakemake.input.qc)
people = read_table(snakemake.input.participants, ["participant_id", "site", "head_size"])
store = GmStore.open(Path(snakemake.input.maps).parent)
worst = [(float(table["r"].iloc[row]), store.read_one(row)) for row in worst_rows(table["r"].to_numpy(), count=6)]
figure = gm_quality(
    table.merge(people, on="participant_id", how="left").drop(columns="participant_id"),
    read_table(snakemake.input.relations),
    job.cfg["imaging"]["qc"]["correlation"],
    worst,
    np.load(snakemake.input.reference),
    style["palette"],
)
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
