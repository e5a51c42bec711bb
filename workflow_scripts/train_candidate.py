"""One hyperparameter candidate of a model in every fold: its predictions, and its settings for what comes after."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import pandas as pd

from workflow_scripts.cgni.files import write_json
from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.tables import write_table
from workflow_scripts.cgni.training import multimodal_schemas as schemas
from workflow_scripts.cgni.training.candidates import PROPOSED, classifier_seed
from workflow_scripts.cgni.training.device import prepare_torch
from workflow_scripts.cgni.training.fold_fits import fit_classifier_folds, fit_contrastive_folds
from workflow_scripts.cgni.training.model_inputs import StudyTables
from workflow_scripts.cgni.training.resume import ResumeFile

inputs, cfg, provenance, model = snakemake.input, job.cfg, job.provenance(), snakemake.wildcards.model
prepare_torch(classifier_seed(cfg["seed"], model), snakemake.threads)
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
extra, parts, resumes = {"hidden": inputs.get("hidden")}, [], []
if model == PROPOSED:
    resumes.append(ResumeFile(f"{snakemake.params.resume}.encoders", provenance))
    people, seed = cfg["people"]["fit_on"], derive_seed(cfg["seed"], "contrastive")
    encoders = fit_contrastive_folds(tables, "terms1234", cfg["contrastive"], people, seed, resumes[-1])
    extra |= {"embeddings": encoders.rows, "encoders": encoders.checkpoint}
    parts.append(encoders)
resumes.append(ResumeFile(f"{snakemake.params.resume}.heads", provenance))
seed = classifier_seed(cfg["seed"], model)
fits = fit_classifier_folds(model, tables, cfg["classification"], cfg["people"]["heads_on"], seed, extra, resumes[-1])

write_table(fits.rows, snakemake.output.predictions, schemas.PREDICTIONS, provenance)
parts.append(fits)
write_table(parts[0].curve, snakemake.output.curve, schemas.FOLD_CURVE, provenance)
lineage = pd.concat([part.lineage for part in parts], ignore_index=True).drop_duplicates()
write_table(lineage, snakemake.output.lineage, schemas.FOLD_LINEAGE, provenance)
write_json(snakemake.params.settings, snakemake.output.settings)
for resume in resumes:
    resume.remove()
