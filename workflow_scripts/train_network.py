"""Networks of Table 1 in every fold, and their predictions for development people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import FitterParts
from cgni.classification.fitters.network import NetworkFitter
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.classification.settings import TrainingSettings
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import PeopleSettings
from cgni.networks.device import prepare_torch
from cgni.networks.resume import ResumeFile

inputs, spec = dict(snakemake.input.items()), ModelSpec.of(snakemake.params.model, snakemake.input.get("settings"))
tuned = job.with_winner(inputs.get("settings"))
parts = FitterParts(tuned.section(NetworkSettings, model=spec.settings), tuned.section(TrainingSettings))
seed, heads_on = classifier_seed(job.seed, spec), job.section(PeopleSettings).heads_on
prepare_torch(seed, snakemake.threads)
resume = ResumeFile(snakemake.params.resume, job.provenance())
fits = fit_classifier_folds(spec, NetworkFitter.of(parts), FeatureTables.of(inputs), heads_on, seed, resume)
fits.write(dict(snakemake.output.items()), job.provenance(), [resume])
