"""The imaging networks' own heads as classifiers of their features, in every fold."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.fitters.cnn_head import CnnHeadFitter
from cgni.workflow.train_models import train_models

train_models(job, snakemake, CnnHeadFitter, None)
