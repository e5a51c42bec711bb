"""Encoders of one loss subset in every fold, and the embeddings of everybody with both modalities."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import logging

import pandas as pd

from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.tables import write_table
from workflow_scripts.cgni.training import multimodal_schemas as schemas
from workflow_scripts.cgni.training.checkpoint import save_folds
from workflow_scripts.cgni.training.contrastive import embed, fit_encoders
from workflow_scripts.cgni.training.device import prepare_torch
from workflow_scripts.cgni.training.model_inputs import StudyTables

terms, cfg = snakemake.wildcards.terms, job.cfg["contrastive"]
# one seed for all subsets: they differ by their terms alone
seed = derive_seed(job.cfg["seed"], "contrastive")
prepare_torch(seed, snakemake.threads)
inputs = snakemake.input
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
checkpoint, embeddings, curves, used = {}, [], [], []
for fold in tables.folds():
    data = tables.fold_data(fold)
    logging.info("fold %d: %d people with both modalities", fold, len(data.ids))
    pair, curve, people = fit_encoders(data, terms, cfg, job.cfg["people"]["fit_on"], derive_seed(seed, fold))
    checkpoint[f"fold{fold}"] = pair.checkpoint()
    embeddings.append(embed(pair, data).assign(fold=fold))
    curves += [{"fold": fold, **row} for row in curve]
    used += [(fold, person, use) for use, ids in people.items() for person in ids]

provenance = job.provenance()
save_folds(checkpoint, snakemake.output.encoders)
table = pd.concat(embeddings, ignore_index=True)
numbered = [name for name in table.columns if name not in ("fold", "participant_id")]
write_table(table, snakemake.output.embeddings, schemas.numbered_schema(numbered), provenance)
write_table(pd.DataFrame(curves), snakemake.output.curve, schemas.FOLD_CURVE, provenance)
lineage = pd.DataFrame(used, columns=schemas.FOLD_LINEAGE.names)
write_table(lineage, snakemake.output.lineage, schemas.FOLD_LINEAGE, provenance)
