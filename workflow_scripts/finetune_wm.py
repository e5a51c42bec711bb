"""Working-memory network of a fold: the first blocks of its brain-age network, trained on the two groups."""

from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

from cgni.networks.schemas import LINEAGE
from cgni.imaging.store import GmStore
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table, write_table
from cgni.networks.checkpoint import load_checkpoint
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
from cgni.transfer.schemas import TRANSFER_FITS
from cgni.transfer.finetune import finetune_wm, transfer_candidates

fold, cfg = int(snakemake.wildcards.fold), job.cfg["transfer"]
seed = derive_seed(job.cfg["seed"], "transfer", fold)
prepare_torch(seed, snakemake.threads)
device = choose_device(**snakemake.params.execution["execution"])
provenance = job.provenance()
digest = {**provenance, **snakemake.params.execution}
stem = snakemake.params.resume
resume = [ResumeFile(f"{stem}.blocks{depth}.round{n}", digest) for depth, n in transfer_candidates(cfg)]

store = GmStore.open(Path(snakemake.input.maps).parent)
passing = passing_people(read_table(snakemake.input.qc))
labels = known_values(read_table(snakemake.input.participants), "wm_group", passing).astype("int64")
groups = fold_groups(read_table(snakemake.input.splits), fold, job.cfg["people"]["fit_on"], labels)
people = located(groups, store)

brain_age = load_checkpoint(snakemake.input.brain_age)
result = finetune_wm(store, brain_age, people, cfg, seed, device, resume)
network, fitted = result.network, result.fitted
metrics = score_people(network, store, people, result.task, device)

fitted_on = lineage(groups["fit"].index)
save_cnn(network, snakemake.output.checkpoint, fitted_on, config=provenance["config"], best_epoch=fitted.best_epoch)
write_table(fitted.frame(), snakemake.output.curve, CURVE, provenance)
write_table(metrics, snakemake.output.metrics, METRICS, provenance)
write_table(result.candidates, snakemake.output.candidates, CANDIDATES, provenance)
write_table(lineage_table(groups), snakemake.output.lineage, LINEAGE, provenance)
for state in resume:
    state.remove()
