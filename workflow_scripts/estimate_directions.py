"""Directions with intervals in people whom no fold has seen: alleles, regions, variates, the outcome."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.contributions.directions import KINDS
from cgni.workflow.estimate_directions import write_directions

write_directions(job, snakemake, read_table(snakemake.input.contributions), KINDS)
