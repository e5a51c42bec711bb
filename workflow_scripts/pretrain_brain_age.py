"""Brain-age network of a fold: everybody imaged with a known age among the fold's fit people."""

from dataclasses import asdict
from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

import numpy as np

from cgni.networks.schemas import LINEAGE
from cgni.imaging.store import GmStore
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table, write_table
from cgni.pretraining.checkpoint import lineage, save_cnn
from cgni.networks.device import choose_device, prepare_torch
from cgni.pretraining.fit import score_people
from cgni.pretraining.people import (
    fold_groups,
    known_values,
    lineage_table,
    located,
    passing_people,
)
from cgni.networks.resume import ResumeFile
from cgni.networks.schemas import CURVE, METRICS
from cgni.pretraining.brain_age import pretrain_brain_age

fold, cfg = int(snakemake.wildcards.fold), job.cfg["pretraining"]
seed = derive_seed(job.cfg["seed"], "pretraining", fold)
prepare_torch(seed, snakemake.threads)
device = choose_device(**snakemake.params.execution["execution"])
provenance = job.provenance()
resume = ResumeFile(snakemake.params.resume, {**provenance, **snakemake.params.execution})

store = GmStore.open(Path(snakemake.input.maps).parent)
ages = known_values(read_table(snakemake.input.participants), "age", passing_people(read_table(snakemake.input.qc)))
fit_on = "everybody" if job.cfg["people"]["pretrain_on"] == "everybody" else job.cfg["people"]["fit_on"]
groups = fold_groups(read_table(snakemake.input.splits), fold, fit_on, ages)
people = located(groups, store)

network, fitted, task = pretrain_brain_age(store, np.load(snakemake.input.mask), people, cfg, seed, device, resume)
metrics = score_people(network, store, people, task, device)

save_cnn(
    network,
    snakemake.output.checkpoint,
    lineage(groups["fit"].index),
    config=provenance["config"],
    age=asdict(task),
    best_epoch=fitted.best_epoch,
)
write_table(fitted.frame(), snakemake.output.curve, CURVE, provenance)
write_table(metrics, snakemake.output.metrics, METRICS, provenance)
write_table(lineage_table(groups), snakemake.output.lineage, LINEAGE, provenance)
resume.remove()
