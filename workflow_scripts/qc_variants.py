"""One chromosome's candidates: statistics, reasons of removal, and the genotypes that stay."""

import logging
from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

from cgni.genetics.chromosome import assess_chromosome, genotyped_people, reference_people
from cgni.genetics.plink import Plink, scratch_folder
from cgni.genetics.schemas import QC
from cgni.genetics.sources import GenotypeFiles
from cgni.base.programs import plink2_path
from cgni.base.tables import read_table, write_table

inputs, output, chrom = snakemake.input, snakemake.output, snakemake.wildcards.chrom
people = read_table(inputs.participants)
reference = reference_people(people, read_table(inputs.splits), job.cfg["people"]["reference"])
participants = genotyped_people(people)
candidates = read_table(inputs.candidates).query("chrom == @chrom")
variants, mfi = (Path(path) if path else None for path in (inputs.variants, inputs.mfi))
files = GenotypeFiles(chrom, Path(inputs.genotypes), Path(inputs.people), variants, mfi)
values = job.cfg["genetics"]["coding"]["values"]

with scratch_folder(Path(output.qc).parent) as scratch:
    plink = Plink(plink2_path(), scratch, snakemake.threads, snakemake.resources.mem_mb - 500)
    qc, counts = assess_chromosome(plink, files, candidates, participants, reference, job.cfg["genetics"]["qc"], values)
logging.info("%d of %d candidates passed (%d reference people)", qc["passed"].sum(), len(qc), len(reference))
write_table(qc[QC.names], output.qc, QC, job.provenance())
genotypes = counts.to_blocks()
write_table(genotypes, output.genotypes, genotypes.schema, job.provenance())
