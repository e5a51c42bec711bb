"""One hyperparameter candidate of a model in every fold. Logistic regressions."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.fitters.logistic import LogisticFitter
from cgni.classification.fitters.logistic_settings import LogisticSettings
from cgni.workflow.search_candidate import search_candidate

search_candidate(job, snakemake, LogisticFitter, LogisticSettings)
