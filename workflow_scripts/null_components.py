"""Correlations under the null: encoders on shuffled pairings, a batch of replicates as far as the sparse CCA."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.contributions.null_fits import component_replicates, null_components
from cgni.contributions.schemas import NULL_CORRELATIONS
from cgni.contributions.settings import ContributionSettings
from cgni.workflow.null_study import null_study

batch = component_replicates(int(snakemake.wildcards.batch), job.section(ContributionSettings))
found = null_components(batch, null_study(job, snakemake))
job.write(found, snakemake.output.correlations, NULL_CORRELATIONS)
