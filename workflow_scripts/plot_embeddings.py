"""Embeddings of unseen people by outcome, age and sex."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.figures.embedding_maps import embedding_maps, unseen_embeddings
from cgni.figures.people_points import people_look
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs = snakemake.input
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
chosen = read_json(inputs.selection, "proposed")["proposed"]
embeddings = read_table(dict(zip(job.value("encoders"), inputs.embeddings, strict=True))[chosen])
found = unseen_embeddings(embeddings, read_table(inputs.participants), read_table(inputs.splits))
kind, names, simulated = map(job.value, ("outcome.kind", "outcome.group_names", "simulation.enabled"))
style.save(embedding_maps(found, people_look(kind, names, style.palette, simulated)), snakemake.output)
