"""Errors of every fold's brain-age network on all splits, the holdout among them."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.audit.brain_age import brain_age_scores
from cgni.audit.schemas import BRAIN_AGE
from cgni.cohort.settings import PeopleSettings
from cgni.networks.device import choose_device, prepare_torch
from cgni.networks.settings import ExecutionSettings
from cgni.pretraining.people import ImagedStudy

prepare_torch(seed=0, threads=snakemake.threads)  # nothing is drawn at random here
inputs, execution = snakemake.input, ExecutionSettings.of(snakemake.params.execution["execution"])
study = ImagedStudy.read(inputs.maps, inputs.qc, inputs.participants, inputs.splits)
device = choose_device(execution.device, execution.precision)
scores = brain_age_scores(study, inputs.checkpoints, inputs.metrics, job.section(PeopleSettings), device)
job.write(scores, snakemake.output.scores, BRAIN_AGE)
