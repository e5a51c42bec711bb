"""Linear support vector machines, in every fold, and their predictions for development people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.fitters.svm import SvmFitter
from cgni.classification.fitters.svm_settings import SvmSettings
from cgni.workflow.train_models import train_models

train_models(job, snakemake, SvmFitter, SvmSettings)
