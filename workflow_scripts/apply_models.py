"""Predictions, embeddings and canonical variates of another cohort by a bundle's models; drift, and scores."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.application import schemas
from cgni.application.archive import Archive
from cgni.application.drift import CohortFacts, drift_table
from cgni.application.models import AppliedCohort, apply_models
from cgni.application.scores import score_cohort
from cgni.base.files import read_json
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.fold_data.schemas import numbered_schema
from cgni.networks.device import prepare_torch

prepare_torch(0, snakemake.threads)  # nothing is drawn at random here
inputs, outputs, bundle = snakemake.input, snakemake.output, Archive.read(snakemake.input.bundle)
cohort = AppliedCohort(*(read_table(inputs[name]) for name in ("participants", "genotypes", "features")))
models, resampled = apply_models(bundle, cohort), read_json(inputs.grid, "images")["images"]["resampled"]
facts = CohortFacts(read_table(inputs.variants), read_table(inputs.likeness), cohort.participants, resampled)
job.write(drift_table(bundle, facts, cohort.people()), outputs.drift, schemas.DRIFT)
for name in ("predictions", "variates"):
    job.write(getattr(models, name), outputs[name], getattr(schemas, f"APPLIED_{name.upper()}"))
job.write(models.embeddings, outputs.embeddings, numbered_schema(models.numbered()))
seed, resamples, permutations = job.seed, job.value("classification.bootstrap"), job.value("scca.permutations")
scored = score_cohort(bundle, models, cohort.participants, (resamples, permutations), derive_seed(seed, "application"))
for name, table in scored.items():
    job.write(table, outputs[name], getattr(schemas, f"APPLIED_{name.upper()}"))
