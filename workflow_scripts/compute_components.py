"""Genetic principal components: fitted on unrelated development people, everybody projected."""

import logging
from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

import numpy as np

from cgni.cohort.roles import development_people
from cgni.cohort.samples import read_people
from cgni.cohort.schemas import participants_schema
from cgni.genetics.plink import Plink, scratch_folder
from cgni.genetics.relatives import genotyped_rows, join_beds, projected_components
from cgni.base.seeds import derive_seed
from cgni.base.programs import plink2_path
from cgni.base.tables import read_table, write_table

inputs, count = snakemake.input, job.cfg["cohort"]["n_pcs"]
people = read_table(inputs.participants).set_index("participant_id")
ids = read_people(inputs.people)["participant_id"].to_numpy()
chosen = people.index[people["unrelated"]].intersection(development_people(read_table(inputs.splits)))
with scratch_folder(Path(snakemake.output.participants).parent, "components") as scratch:
    plink = Plink(plink2_path(), scratch, snakemake.threads, snakemake.resources.mem_mb - 500)
    join_beds([Path(path).with_suffix("") for path in inputs.bed], scratch / "joined")
    there = genotyped_rows(scratch / "joined")
    reference = np.intersect1d(there, np.flatnonzero(np.isin(ids, chosen)))
    seed = derive_seed(job.cfg["seed"], "components")
    scores = projected_components(plink, scratch / "joined", reference, count, seed)
scores = scores.assign(participant_id=ids[scores["row"]]).set_index("participant_id").drop(columns="row")
people[list(scores.columns)] = scores.reindex(people.index)
logging.info("%d components of %d reference people", count, len(reference))
write_table(people.reset_index(), snakemake.output.participants, participants_schema(count), job.provenance())
