"""Choose a model's hyperparameters from validation scores alone; every candidate's scores are kept."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_json
from cgni.base.tables import read_table
from cgni.classification.candidates import candidate_scores, choose_candidate
from cgni.classification.schemas import SEARCH_SCORES

names = job.value("names")
tables = {name: read_table(path) for name, path in zip(names, snakemake.input.predictions, strict=True)}
scores = candidate_scores(tables, dict(zip(names, job.value("settings"), strict=True)))
job.write(scores, snakemake.output.scores, SEARCH_SCORES)
write_json(choose_candidate(scores), snakemake.output.selection)
