"""Blocks of linked SNPs that hold a claim, credible sets within them, and the overlap with the publication."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.roles import development_people
from cgni.cohort.settings import ConfoundSettings
from cgni.contributions.blocks import Gated, LinkedSnps, locate_signals
from cgni.contributions.components import gated_components
from cgni.contributions.estimates import out_of_fold_variates
from cgni.contributions.published import published_overlap, read_published
from cgni.contributions.schemas_claims import BLOCKS, CREDIBLE, PUBLISHED
from cgni.contributions.settings import BlockSettings, ContributionSettings

inputs, settings = snakemake.input, job.section(BlockSettings)
contributions, genes = read_table(inputs.contributions), read_table(inputs.snp_genes)
development, variates = development_people(read_table(inputs.splits)), out_of_fold_variates(read_table(inputs.variates))
snps = LinkedSnps.of(read_table(inputs.genotypes), read_table(inputs.variants), development, settings)
components = gated_components(read_table(inputs.components)), job.section(ContributionSettings).fdr
gated = Gated(*components, job.section(ConfoundSettings).components)
found = locate_signals(variates, contributions, snps, genes, read_table(inputs.participants), gated, settings)
published = read_published(inputs.published_genes, inputs.published_regions)
overlap = published_overlap(contributions, found.blocks, read_table(inputs.directions), genes, published)
job.write(found.blocks, snakemake.output.blocks, BLOCKS)
job.write(found.credible, snakemake.output.credible, CREDIBLE)
job.write(overlap, snakemake.output.published, PUBLISHED)
