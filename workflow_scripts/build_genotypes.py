"""All chromosomes: variants with their fate, genes and LD blocks of the kept ones, copies of the counted allele."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.base.tables import read_table
from cgni.cohort.schemas import ATTRITION
from cgni.cohort.settings import PeopleSettings
from cgni.genetics.counts import read_blocks
from cgni.genetics.merge import merge_chromosomes
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.schemas import LD_BLOCKS, SNP_GENES, VARIANTS
from cgni.genetics.settings import GenotypeInputs, LinkageSettings

inputs, output = snakemake.input, snakemake.output
participants, splits, candidates = map(read_table, (inputs.participants, inputs.splits, inputs.candidates))
people = GenotypedPeople.of(participants, splits, job.section(PeopleSettings).reference)
qc = pd.concat(map(read_table, inputs.qc), ignore_index=True)
counts = read_blocks(inputs.genotypes, people.everybody)
genotypes, ld = job.section(GenotypeInputs), job.section(LinkageSettings)
study = merge_chromosomes(qc, counts, candidates, people, genotypes, ld)
job.write(pd.concat([read_table(inputs.selection), study.steps()]), output.attrition, ATTRITION)
job.write(study.variants, output.variants, VARIANTS)
job.write(study.ld_blocks, output.ld_blocks, LD_BLOCKS)
job.write(study.snp_genes, output.snp_genes, SNP_GENES)
table = study.counts.to_table()
job.write(table, output.genotypes, table.schema)
