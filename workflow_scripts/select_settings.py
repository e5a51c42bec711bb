"""Choose a model's hyperparameters from validation scores alone; every candidate's scores are kept."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_json
from cgni.base.tables import read_table, write_table
from cgni.classification.schemas import CANDIDATES
from cgni.classification.selection import candidate_scores, choose_candidate

tables = {name: read_table(path) for name, path in zip(job.cfg["names"], snakemake.input.predictions, strict=True)}
settings = dict(zip(job.cfg["names"], job.cfg["settings"], strict=True))
scores = candidate_scores(tables, settings)
write_table(scores, snakemake.output.scores, CANDIDATES, job.provenance())
write_json(choose_candidate(scores), snakemake.output.selection)
