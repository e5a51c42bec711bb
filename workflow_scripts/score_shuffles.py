"""Scores of every model on shuffled labels, in a cheap configuration: chance, if nothing leaks."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.audit.schemas import SHUFFLE_SUMMARY, SHUFFLES
from cgni.audit.settings import ShuffleSettings
from cgni.audit.shuffled import ShuffledStudy, score_shuffles, summarise_shuffles
from cgni.classification.fitters.registry import fitter_parts
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from cgni.fold_data.tables import StudyTables
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch

prepare_torch(job.seed, snakemake.threads)
inputs, shuffles = snakemake.input, job.section(ShuffleSettings)
networks = [load_checkpoint(path, "state") for path in inputs.networks]
models = {spec: fitter_parts(spec, job.section, networks) for spec in map(ModelSpec.of, job.value("models"))}
spec, settings = encoder_spec(job.value("encoders")), job.section(ContrastiveSettings)
study = ShuffledStudy(models, spec, settings, job.section(PeopleSettings), job.seed).cheap(shuffles.epochs)
tables = StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings))
scores = score_shuffles(study, tables, shuffles.count)
job.write(scores, snakemake.output.scores, SHUFFLES)
job.write(summarise_shuffles(scores), snakemake.output.summary, SHUFFLE_SUMMARY)
