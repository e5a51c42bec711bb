"""Candidate variants: significant brain eQTLs whose gene is in the protein network."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.schemas import ATTRITION
from cgni.genetics.candidates import select_candidates
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.network import ids_by_symbol, read_network
from cgni.genetics.schemas import CANDIDATE_VARIANTS
from cgni.genetics.settings import EqtlSettings, GenotypeInputs

inputs, output = snakemake.input, snakemake.output
settings, genes, aliases = job.section(EqtlSettings), read_table(inputs.genes), read_table(inputs.aliases)
network = read_network(inputs.ppi, genes, aliases)
symbols = ids_by_symbol(network, genes, aliases)
eqtl = read_eqtl_pairs(inputs.eqtl, settings.fdr, set(network.genes["gene_id"]), symbols, settings.build)
alleles = read_snp_alleles(inputs.eqtl_snps, set(eqtl.pairs["snp"])) if inputs.eqtl_snps else None

candidates, attrition = select_candidates(eqtl, alleles, network, job.section(GenotypeInputs).chromosome_names)
job.write(candidates, output.candidates, CANDIDATE_VARIANTS)
job.write(attrition.frame(), output.attrition, ATTRITION)
