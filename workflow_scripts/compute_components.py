"""Genetic principal components: fitted on unrelated development people, everybody projected."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.schemas import participants_schema
from cgni.cohort.settings import CohortSettings
from cgni.genetics.components import with_components
from cgni.genetics.plink import open_plink
from cgni.genetics.thinned import ThinnedSnps

inputs, output, cohort = snakemake.input, snakemake.output, job.section(CohortSettings)
snps = ThinnedSnps.of(inputs.bed, inputs.people)
participants, splits = read_table(inputs.participants), read_table(inputs.splits)
with open_plink(output.participants, "components", snakemake.threads, snakemake.resources.mem_mb) as plink:
    people = with_components(plink, snps, participants, splits, cohort.n_pcs, job.seed)
schema = participants_schema(cohort.n_pcs, cohort.confounds, cohort.category_confounds)
job.write(people, output.participants, schema)
