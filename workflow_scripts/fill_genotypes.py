"""Fill values of a fold: mean allele counts of its training people."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import pyarrow.parquet as pq

from workflow_scripts.cgni.cohort.roles import fold_people
from workflow_scripts.cgni.genetics.coding import fill_values
from workflow_scripts.cgni.genetics.counts import from_table
from workflow_scripts.cgni.genetics.schemas import FILL
from workflow_scripts.cgni.tables import read_table, write_table

training = fold_people(read_table(snakemake.input.splits), int(snakemake.wildcards.fold)).training
fill = fill_values(from_table(pq.read_table(snakemake.input.genotypes)), training)
write_table(fill, snakemake.output.fill, FILL, job.provenance())
