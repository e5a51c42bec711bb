"""The SNPs of a bundle in another cohort's genotype files: copies of the allele that the bundle counts."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.application.archive import Archive
from cgni.application.genotypes import Coding, check_build, gather_variants, match_chromosome, refuse_few
from cgni.application.schemas import MATCHED_VARIANTS
from cgni.base.tables import read_table
from cgni.genetics.plink import open_plink
from cgni.genetics.settings import GenotypeInputs
from cgni.genetics.sources import GenotypeFiles

inputs, output, found = snakemake.input, snakemake.output, []
bundle, people, settings = Archive.read(inputs.bundle), read_table(inputs.participants), job.section(GenotypeInputs)
config, variants = bundle.json("config.json"), bundle.table("variants.parquet")
check_build(settings.build, config["inputs"]["genotypes"]["build"])
everybody = pd.Index(people.loc[people["has_genotypes"], "participant_id"]).sort_values()
for files in (GenotypeFiles.of(*paths) for paths in snakemake.params.files):
    own = variants[variants["chrom"] == files.chrom]
    with open_plink(output.genotypes, f"chrom{files.chrom}", snakemake.threads, snakemake.resources.mem_mb) as plink:
        found.append(match_chromosome(plink, files, own, everybody, Coding.of(config["genetics"])))
matched, counts = gather_variants(variants, *zip(*found, strict=True))
refuse_few(matched, job.value("application.least_found"))
job.write(matched, output.variants, MATCHED_VARIANTS)
job.write(counts.to_table(), output.genotypes, counts.to_table().schema)
