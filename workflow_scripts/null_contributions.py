"""Contributions under the null: encoders trained on shuffled pairings, a batch of replicates in all folds."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.contributions.null_fits import encoder_replicates
from cgni.contributions.replicates import OcclusionStudy, null_replicates
from cgni.contributions.schemas import NULL_CORRELATIONS, NULL_SHARES
from cgni.contributions.settings import ContributionSettings
from cgni.networks.checkpoint import save_checkpoint
from cgni.workflow.null_study import null_study

batch = encoder_replicates(int(snakemake.wildcards.batch), job.section(ContributionSettings))
occluded = OcclusionStudy.read(snakemake.input.regions, job.section)
found = null_replicates(batch, null_study(job, snakemake), occluded)
job.write(found.shares, snakemake.output.shares, NULL_SHARES)
job.write(found.correlations, snakemake.output.correlations, NULL_CORRELATIONS)
save_checkpoint(found.readers, snakemake.output.readers)
