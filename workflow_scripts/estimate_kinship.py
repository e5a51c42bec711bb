"""Kinship from the genotypes, in the layout of UK Biobank's relatedness file."""

import logging
from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

from cgni.cohort.samples import read_people
from cgni.base.files import write_text
from cgni.genetics.plink import Plink, scratch_folder
from cgni.genetics.relatives import join_beds, kinship_pairs
from cgni.base.programs import plink2_path

inputs = snakemake.input
ids = read_people(inputs.people)["participant_id"].to_numpy()
with scratch_folder(Path(snakemake.output.kinship).parent, "kinship") as scratch:
    plink = Plink(plink2_path(), scratch, snakemake.threads, snakemake.resources.mem_mb - 500)
    join_beds([Path(path).with_suffix("") for path in inputs.bed], scratch / "joined")
    pairs = kinship_pairs(plink, scratch / "joined", job.cfg["splits"]["kinship"])
logging.info("%d pairs of relatives", len(pairs))
pairs = pairs.assign(ID1=ids[pairs["first"]], ID2=ids[pairs["second"]])
columns = ["ID1", "ID2", "HetHet", "IBS0", "Kinship"]
write_text(pairs[columns].to_csv(sep=" ", index=False), snakemake.output.kinship)
