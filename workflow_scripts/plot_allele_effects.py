"""Partial correlations of minor alleles with called regions."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.base.views import feature_words
from cgni.figures.effects import allele_region_effects
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs = snakemake.input
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
directions, words = read_table(inputs.directions), feature_words(job.value("imaging.source"))
rsids = read_table(inputs.variants).set_index("variant_id")["rsid"]
style.save(allele_region_effects(directions, rsids, style.palette, words), snakemake.output)
