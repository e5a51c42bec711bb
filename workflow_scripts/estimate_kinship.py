"""Kinship from the genotypes, in the layout of UK Biobank's relatedness file."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_text
from cgni.cohort.settings import SplitSettings
from cgni.genetics.kinship import estimate_kinship
from cgni.genetics.plink import open_plink
from cgni.genetics.thinned import ThinnedSnps

inputs, output = snakemake.input, snakemake.output
snps = ThinnedSnps.of(inputs.bed, inputs.people)
with open_plink(output.kinship, "kinship", snakemake.threads, snakemake.resources.mem_mb) as plink:
    pairs = estimate_kinship(plink, snps, job.section(SplitSettings).kinship)
write_text(pairs.to_csv(sep=" ", index=False), output.kinship)
