"""Logistic regressions, in every fold, and their predictions for development people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.fitters.logistic import LogisticFitter
from cgni.classification.fitters.logistic_settings import LogisticSettings
from cgni.workflow.train_models import train_models

train_models(job, snakemake, LogisticFitter, LogisticSettings)
