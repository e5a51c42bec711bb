"""Scores of every model on training, validation and holdout people, and paired comparisons."""

from cgni.workflow.job import start

job = start(snakemake)


from cgni.base.files import read_json
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.classification.comparisons import compare_models
from cgni.classification.evaluation import score_models
from cgni.classification.schemas import COMPARISONS, PERFORMANCE

inputs, seed, resamples = snakemake.input, derive_seed(job.seed, "evaluation"), job.value("classification.bootstrap")
development = {m: read_table(p) for m, p in zip(job.value("models"), inputs.predictions, strict=True)}
holdout, participants = read_table(inputs.holdout), read_table(inputs.participants)
chosen = read_json(inputs.selection, "proposed")["proposed"]
proposed, others = job.value("proposed")[chosen], [m for m, own in job.value("subsets").items() if own != chosen]
performance = score_models(development, holdout, participants, job.value("selected"), resamples, seed)
comparisons = compare_models(proposed, others, development, holdout, participants, resamples, seed)
job.write(performance, snakemake.output.performance, PERFORMANCE)
job.write(comparisons, snakemake.output.comparisons, COMPARISONS)
