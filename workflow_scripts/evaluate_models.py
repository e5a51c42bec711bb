"""Scores of every model on training, validation and holdout people, and paired comparisons."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import json
from pathlib import Path

from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.tables import read_table, write_table
from workflow_scripts.cgni.training.evaluation import compare_models, score_models
from workflow_scripts.cgni.training.multimodal_schemas import COMPARISONS, PERFORMANCE

models = job.cfg["models"]
seed, resamples = derive_seed(job.cfg["seed"], "evaluation"), job.cfg["classification"]["bootstrap"]
development = {m: read_table(p) for m, p in zip(models, snakemake.input.predictions, strict=True)}
holdout = read_table(snakemake.input.holdout)
participants = read_table(snakemake.input.participants)
proposed = "cgni_" + json.loads(Path(snakemake.input.selection).read_text())["terms"]
performance = score_models(development, holdout, participants, resamples, seed)
comparisons = compare_models(proposed, development, holdout, participants, resamples, seed)
write_table(performance, snakemake.output.performance, PERFORMANCE, job.provenance())
write_table(comparisons, snakemake.output.comparisons, COMPARISONS, job.provenance())
