"""Balanced accuracy of every model on shuffled labels, in a cheap configuration: chance, if nothing leaks."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.tables import write_table
from workflow_scripts.cgni.training import multimodal_schemas as schemas
from workflow_scripts.cgni.training.checkpoint import load_checkpoint
from workflow_scripts.cgni.training.device import prepare_torch
from workflow_scripts.cgni.training.model_inputs import StudyTables
from workflow_scripts.cgni.training.shuffled import score_shuffles, summarise_shuffles

inputs, cfg = snakemake.input, job.cfg
prepare_torch(cfg["seed"], snakemake.threads)
cheap = {"epochs": cfg["classification"]["shuffles"]["epochs"], "patience": cfg["classification"]["shuffles"]["epochs"]}
cfg = {**cfg, **{name: {**cfg[name], **cheap} for name in ("contrastive", "classification")}}
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
networks = [load_checkpoint(path)["state"] for path in inputs.get("networks", [])]
scores = score_shuffles(tables, cfg["models"], cfg, networks, cfg["classification"]["shuffles"]["count"])
write_table(scores, snakemake.output.scores, schemas.SHUFFLES, job.provenance())
write_table(summarise_shuffles(scores), snakemake.output.summary, schemas.SHUFFLE_SUMMARY, job.provenance())
