"""All chromosomes: variants with their fate, genes of the kept ones, copies of the counted allele."""

import logging

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import pandas as pd

from workflow_scripts.cgni.cohort.roles import development_people
from workflow_scripts.cgni.cohort.schemas import ATTRITION
from workflow_scripts.cgni.genetics.coding import alt_is_minor, count_minor
from workflow_scripts.cgni.genetics.merge import (
    check_build,
    merge_genotypes,
    quality_attrition,
    snp_genes,
)
from workflow_scripts.cgni.genetics.schemas import SNP_GENES, VARIANTS, genotypes_schema
from workflow_scripts.cgni.tables import read_table, write_table

inputs, output, provenance = snakemake.input, snakemake.output, job.provenance()
keys = job.cfg["inputs"]["genotypes"]
qc = pd.concat([read_table(path) for path in inputs.qc], ignore_index=True)
check_build(qc, keys["build"])
attrition = quality_attrition(qc, [str(chrom) for chrom in keys["chromosomes"]])
for line in attrition.lines():
    logging.info(line)

genotypes = merge_genotypes([read_table(path) for path in inputs.genotypes]).set_index("participant_id")
development = genotypes.index.isin(development_people(read_table(inputs.splits)))
counts_alt = alt_is_minor(genotypes[development])
genotypes = count_minor(genotypes, counts_alt).reset_index()

counted = qc["alt"].where(qc["variant_id"].map(counts_alt).fillna(True).astype(bool), qc["ref"]).where(qc["passed"])
variants = qc.assign(counted_allele=counted)[VARIANTS.names]
attrition_table = pd.concat([read_table(inputs.selection), attrition.frame()])
write_table(attrition_table, output.attrition, ATTRITION, provenance)
write_table(variants, output.variants, VARIANTS, provenance)
write_table(snp_genes(read_table(inputs.candidates), qc), output.snp_genes, SNP_GENES, provenance)
write_table(genotypes, output.genotypes, genotypes_schema(list(genotypes.columns[1:])), provenance)
