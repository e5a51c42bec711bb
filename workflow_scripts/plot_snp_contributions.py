"""z of every SNP's contribution along the chromosomes."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.base.views import GENETICS
from cgni.contributions.settings import ContributionSettings
from cgni.figures.results import snp_contributions
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
contributions, variants = read_table(snakemake.input.contributions), read_table(snakemake.input.variants)
threshold = job.section(ContributionSettings).sd[GENETICS]
style.save(snp_contributions(contributions, variants, threshold, style.palette), snakemake.output)
