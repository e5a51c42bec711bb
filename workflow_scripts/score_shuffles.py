"""Balanced accuracy of every model on shuffled labels, in a cheap configuration: chance, if nothing leaks."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import write_table
from cgni.classification import schemas as schemas
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch
from cgni.classification.inputs import StudyTables
from cgni.classification.shuffled import score_shuffles, summarise_shuffles

inputs, cfg = snakemake.input, job.cfg
prepare_torch(cfg["seed"], snakemake.threads)
cheap = {"epochs": cfg["classification"]["shuffles"]["epochs"], "patience": cfg["classification"]["shuffles"]["epochs"]}
cfg = {**cfg, **{name: {**cfg[name], **cheap} for name in ("contrastive", "classification")}}
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
networks = [load_checkpoint(path)["state"] for path in inputs.get("networks", [])]
scores = score_shuffles(tables, cfg["models"], cfg, networks, cfg["classification"]["shuffles"]["count"])
write_table(scores, snakemake.output.scores, schemas.SHUFFLES, job.provenance())
write_table(summarise_shuffles(scores), snakemake.output.summary, schemas.SHUFFLE_SUMMARY, job.provenance())
