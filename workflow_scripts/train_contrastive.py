"""Encoders of one loss subset in every fold, and the embeddings of everybody with both modalities."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.seeds import derive_seed
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.contrastive.folds import fit_contrastive_folds
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from cgni.fold_data.tables import StudyTables
from cgni.networks.device import prepare_torch
from cgni.networks.resume import ResumeFile

inputs = snakemake.input
tuned, spec = job.with_winner(inputs.get("settings")), encoder_spec(**snakemake.params.encoders)
seed = derive_seed(job.seed, "contrastive")
prepare_torch(seed, snakemake.threads)
tables = StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings))
resume = ResumeFile(snakemake.params.resume, job.provenance())
people = job.section(PeopleSettings)
fits = fit_contrastive_folds(tables, spec, tuned.section(ContrastiveSettings), people, seed, resume)
fits.write(dict(snakemake.output.items()), job.provenance())
resume.remove()
