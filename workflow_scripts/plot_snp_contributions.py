"""What decides on every SNP along the chromosomes."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.base.views import GENETICS
from cgni.contributions.settings import ContributionSettings
from cgni.figures.genome import SnpPlaces, snp_contributions
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs, settings = snakemake.input, job.section(ContributionSettings)
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
variants = read_table(inputs.variants)
places = SnpPlaces(variants[variants["passed"]], read_table(inputs.genes))
contributions = read_table(inputs.contributions)
style.save(snp_contributions(contributions, places, settings.rule, settings.sd[GENETICS]), snakemake.output)
