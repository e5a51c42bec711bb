"""Linkage among the SNPs of called blocks."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.linkage import claimed_snps, development_genotypes, linkage
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs = snakemake.input
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
blocks = read_table(inputs.blocks)
genotypes = read_table(inputs.genotypes, ["participant_id", *claimed_snps(blocks)])
genotypes = development_genotypes(genotypes, read_table(inputs.splits))
style.save(linkage(blocks, genotypes), snakemake.output)
