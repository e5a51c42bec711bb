"""One hyperparameter candidate of a model in every fold. Linear support vector machines."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.fitters.svm import SvmFitter
from cgni.classification.fitters.svm_settings import SvmSettings
from cgni.workflow.search_candidate import search_candidate

search_candidate(job, snakemake, SvmFitter, SvmSettings)
