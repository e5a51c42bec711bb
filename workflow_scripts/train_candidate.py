"""One hyperparameter candidate of a model in every fold: its predictions, and its settings for what comes after."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.base.files import write_json
from cgni.base.seeds import derive_seed
from cgni.base.tables import write_table
from cgni.classification import schemas as schemas
from cgni.classification.candidates import PROPOSED, classifier_seed
from cgni.networks.device import prepare_torch
from cgni.classification.fold_fits import fit_classifier_folds, fit_contrastive_folds
from cgni.classification.inputs import StudyTables
from cgni.networks.resume import ResumeFile

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
