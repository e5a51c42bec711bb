"""Choose a model's hyperparameters from validation scores alone; every candidate's scores are kept."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.files import write_json
from workflow_scripts.cgni.tables import read_table, write_table
from workflow_scripts.cgni.training.multimodal_schemas import CANDIDATES
from workflow_scripts.cgni.training.selection import candidate_scores, choose_candidate

tables = {name: read_table(path) for name, path in zip(job.cfg["names"], snakemake.input.predictions, strict=True)}
settings = dict(zip(job.cfg["names"], job.cfg["settings"], strict=True))
scores = candidate_scores(tables, settings)
write_table(scores, snakemake.output.scores, CANDIDATES, job.provenance())
write_json(choose_candidate(scores), snakemake.output.selection)
