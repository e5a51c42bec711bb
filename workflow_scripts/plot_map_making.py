"""Volumes against age and head size, failures by reason, and slices of the worst and the middle cases."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.map_making import MapMaking, cases_of, map_making
from cgni.figures.people_points import people_look
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style
from cgni.imaging.t1.preview import read_previews

inputs, quality = snakemake.input, read_table(snakemake.input.quality)
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
participants = read_table(inputs.participants, ["participant_id", "age"])
made = MapMaking(quality, participants, read_previews(cases_of(quality)))
look = people_look("continuous", (), style.palette, job.value("simulation.enabled"))
style.save(map_making(made, look), snakemake.output)
