"""Contributions of regions and SNPs per fold and as consensus, with what the published rule calls."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import pandas as pd

from workflow_scripts.cgni.interpretation.contributions import summarise
from workflow_scripts.cgni.interpretation.schemas import CONTRIBUTIONS
from workflow_scripts.cgni.tables import read_table, write_table

cfg = job.cfg["contributions"]
regions = pd.concat([read_table(path) for path in snakemake.input.regions], ignore_index=True)
parts = [
    summarise(regions, "region", cfg["region_sd"]),
    summarise(read_table(snakemake.input.snps), "snp", cfg["snp_sd"]),
]
write_table(pd.concat(parts, ignore_index=True), snakemake.output.contributions, CONTRIBUTIONS, job.provenance())
