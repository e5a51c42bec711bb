"""Candidate variants: significant brain eQTLs whose gene is in the protein network."""

import logging

from cgni.workflow.job import start

job = start(snakemake)

from cgni.cohort.schemas import ATTRITION
from cgni.genetics.candidates import select_candidates
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.network import read_network
from cgni.genetics.schemas import CANDIDATES
from cgni.base.tables import read_table, write_table

inputs = snakemake.input
chromosomes = [str(chrom) for chrom in job.cfg["inputs"]["genotypes"]["chromosomes"]]
network = read_network(inputs.ppi, read_table(inputs.genes), read_table(inputs.aliases))
eqtl = read_eqtl_pairs(inputs.eqtl, job.cfg["genetics"]["eqtl"]["fdr"], set(network.genes["gene_id"]))
alleles = read_snp_alleles(inputs.eqtl_snps, set(eqtl.pairs["snp"])) if inputs.eqtl_snps else None
candidates, attrition = select_candidates(eqtl, alleles, network, chromosomes)
for line in attrition.lines():
    logging.info(line)
write_table(candidates, snakemake.output.candidates, CANDIDATES, job.provenance())
write_table(attrition.frame(), snakemake.output.attrition, ATTRITION, job.provenance())
