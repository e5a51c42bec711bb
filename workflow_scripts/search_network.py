"""One hyperparameter candidate of a model in every fold. Networks of Table 1."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.fitters.network import NetworkFitter
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.workflow.search_candidate import search_candidate

search_candidate(job, snakemake, NetworkFitter, NetworkSettings)
