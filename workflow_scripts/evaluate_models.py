"""Scores of every model on training, validation and holdout people, and paired comparisons."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table, write_table
from cgni.classification.evaluation import compare_models, score_models
from cgni.classification.schemas import COMPARISONS, PERFORMANCE

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
