"""One chromosome's candidates: statistics, reasons of removal, and the genotypes that stay."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.settings import PeopleSettings
from cgni.genetics.chromosome import assess_chromosome
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.plink import open_plink
from cgni.genetics.schemas import QC
from cgni.genetics.settings import CodingSettings, VariantQcSettings
from cgni.genetics.sources import GenotypeFiles

inputs, output = snakemake.input, snakemake.output
participants, splits, candidates = map(read_table, (inputs.participants, inputs.splits, inputs.candidates))
people = GenotypedPeople.of(participants, splits, job.section(PeopleSettings).reference)
files = GenotypeFiles.of(
    snakemake.wildcards.chrom, inputs.genotypes, inputs.people, variants=inputs.variants, mfi=inputs.mfi
)
filters, values = job.section(VariantQcSettings), job.section(CodingSettings).values
with open_plink(output.qc, "qc", snakemake.threads, snakemake.resources.mem_mb) as plink:
    qc, counts = assess_chromosome(plink, files, candidates, people, filters, values)
job.write(qc[QC.names], output.qc, QC)
genotypes = counts.to_blocks()
job.write(genotypes, output.genotypes, genotypes.schema)
