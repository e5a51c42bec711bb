"""Simulate genotypes as a lab has them on disk: BGEN, sample, mfi, eQTL tables; and their truth."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

import pandas as pd

from cgni.base.programs import msp_path
from cgni.enrichment.ontology import load_snapshot
from cgni.genetics.settings import GenotypeInputs
from cgni.simulation.genotypes import simulate_genotypes
from cgni.simulation.loci import GeneSources
from cgni.simulation.schemas import VARIANTS
from cgni.simulation.settings import SimulationSettings
from cgni.simulation.ukb_tables import write_tabbed

inputs, output = snakemake.input, snakemake.output
positions, ppi = pd.read_parquet(inputs.positions), pd.read_csv(inputs.ppi, sep="\t")
sources = GeneSources(positions, ppi, load_snapshot(Path(inputs.go[0]).parent))
chromosomes = job.section(GenotypeInputs).chromosomes
drawn = simulate_genotypes(sources, chromosomes, job.section(SimulationSettings), job.seed, msp_path())
for chrom, *files in zip(chromosomes, output.bgen, output.sample, output.mfi, strict=True):
    drawn.write_chromosome(chrom, *files)
write_tabbed(drawn.eqtl, output.eqtl)
write_tabbed(drawn.eqtl_snps, output.eqtl_snps)
job.write(drawn.truth, output.truth, VARIANTS)
drawn.cohort.save(output.genotypes)
