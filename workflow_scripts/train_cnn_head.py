"""The imaging networks' own heads as classifiers of their features."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import FitterParts
from cgni.classification.fitters.cnn_head import CnnHeadFitter
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import PeopleSettings
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch
from cgni.networks.resume import ResumeFile

inputs, spec = dict(snakemake.input.items()), ModelSpec.of(snakemake.params.model)
parts = FitterParts(networks=[load_checkpoint(path)["state"] for path in inputs["networks"]])
seed, heads_on = classifier_seed(job.seed, spec), job.section(PeopleSettings).heads_on
prepare_torch(seed, snakemake.threads)
resume = ResumeFile(snakemake.params.resume, job.provenance())
fits = fit_classifier_folds(spec, CnnHeadFitter.of(parts), FeatureTables.of(inputs), heads_on, seed, resume)
fits.write(dict(snakemake.output.items()), job.provenance(), [resume])
