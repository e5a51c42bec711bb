"""Fill values of a fold: mean allele counts of its training people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_arrow, read_table
from cgni.cohort.roles import fold_people
from cgni.genetics.coding import fill_values
from cgni.genetics.counts import from_table
from cgni.genetics.schemas import FILL

training = fold_people(read_table(snakemake.input.splits), int(snakemake.wildcards.fold)).training
fill = fill_values(from_table(read_arrow(snakemake.input.genotypes)), training)
job.write(fill, snakemake.output.fill, FILL)
