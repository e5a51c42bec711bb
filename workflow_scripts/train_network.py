"""Networks of Table 1, in every fold, and their predictions for development people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.fitters.network import NetworkFitter
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.workflow.train_models import train_models

train_models(job, snakemake, NetworkFitter, NetworkSettings)
