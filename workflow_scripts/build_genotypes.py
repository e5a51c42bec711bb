"""All chromosomes: variants with their fate, genes and LD blocks of the kept ones, copies of the counted allele."""

import logging

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd
import pyarrow.parquet as pq

from cgni.cohort.roles import development_people
from cgni.cohort.schemas import ATTRITION
from cgni.genetics.chromosome import genotyped_people, reference_people
from cgni.genetics.coding import alt_is_minor
from cgni.genetics.counts import from_blocks, joined
from cgni.genetics.ld import apply_linkage
from cgni.genetics.merge import (
    check_build,
    counted_alleles,
    linkage_notes,
    quality_attrition,
    snp_genes,
)
from cgni.genetics.schemas import LD_BLOCKS, SNP_GENES, VARIANTS
from cgni.base.tables import read_table, write_table

inputs, output, provenance, cfg = snakemake.input, snakemake.output, job.provenance(), job.cfg
keys, candidates, splits = cfg["inputs"]["genotypes"], read_table(inputs.candidates), read_table(inputs.splits)
qc = pd.concat([read_table(path) for path in inputs.qc], ignore_index=True)
check_build(qc, keys["build"])
people, values = read_table(inputs.participants), cfg["genetics"]["coding"]["values"]
ids = genotyped_people(people)
counts = joined([from_blocks(pq.read_table(path), ids, values) for path in inputs.genotypes])

reference = reference_people(people, splits, cfg["people"]["reference"])
qc, blocks = apply_linkage(qc, counts.of(reference), candidates, cfg["genetics"]["ld"])
chromosomes, notes = [str(chrom) for chrom in keys["chromosomes"]], linkage_notes(cfg["genetics"]["ld"])
attrition = quality_attrition(qc, chromosomes, notes)
for line in attrition.lines():
    logging.info(line)

counts = counts.select(counts.variants.isin(qc.loc[qc["passed"], "variant_id"]))
counts_alt = alt_is_minor(counts.of(development_people(splits)))
variants = qc.assign(counted_allele=counted_alleles(qc, counts.variants, counts_alt))
attrition_table = pd.concat([read_table(inputs.selection), attrition.frame()])
genotypes = counts.turned(~counts_alt).to_table()
write_table(attrition_table, output.attrition, ATTRITION, provenance)
write_table(variants[VARIANTS.names], output.variants, VARIANTS, provenance)
write_table(blocks, output.ld_blocks, LD_BLOCKS, provenance)
write_table(snp_genes(candidates, qc), output.snp_genes, SNP_GENES, provenance)
write_table(genotypes, output.genotypes, genotypes.schema, provenance)
