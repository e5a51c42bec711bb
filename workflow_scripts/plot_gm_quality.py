"""Distribution of the images' correlation with the reference, its relations, and the worst images."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.arrays import read_array
from cgni.base.tables import read_table
from cgni.figures.image_quality import MapQuality, gm_quality, worst_maps
from cgni.figures.people_points import people_look
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style
from cgni.imaging.quality import deciding_r
from cgni.imaging.settings import ImageQcSettings
from cgni.imaging.store import GmStore

inputs, style = snakemake.input, open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
column, lowest = deciding_r(qc := read_table(inputs.qc), asked := job.section(ImageQcSettings))
quality = MapQuality(
    *(qc, column, lowest),
    participants=read_table(inputs.participants, ["participant_id", "site", "head_size"]),
    relations=read_table(inputs.relations),
    least_r_image=asked.correlation,
    worst=worst_maps(GmStore.open(Path(inputs.maps).parent), qc[column].to_numpy(), count=6),
    reference=read_array(inputs.reference),
)
look = people_look("continuous", (), style.palette, job.value("simulation.enabled"))
style.save(gm_quality(quality, look), snakemake.output)
