"""One hyperparameter candidate of a model in every fold. Heads with the genetic encoder trained along."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.fitters.encoder_head import EncoderHeadFitter
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.workflow.search_candidate import search_candidate

search_candidate(job, snakemake, EncoderHeadFitter, NetworkSettings)
