"""Scores of every model on training, validation and holdout people, and paired comparisons."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.classification.evaluation import compare_models, score_models
from cgni.classification.schemas import COMPARISONS, PERFORMANCE

inputs, seed, resamples = snakemake.input, derive_seed(job.seed, "evaluation"), job.value("classification.bootstrap")
development = {m: read_table(p) for m, p in zip(job.value("models"), inputs.predictions, strict=True)}
holdout, participants = read_table(inputs.holdout), read_table(inputs.participants)
proposed = job.value("proposed")[json.loads(Path(inputs.selection).read_text())["proposed"]]
performance = score_models(development, holdout, participants, resamples, seed)
comparisons = compare_models(proposed, development, holdout, participants, resamples, seed)
job.write(performance, snakemake.output.performance, PERFORMANCE)
job.write(comparisons, snakemake.output.comparisons, COMPARISONS)
