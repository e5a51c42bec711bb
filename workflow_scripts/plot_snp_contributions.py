"""z of every SNP's contribution along the chromosomes."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.figures.results import snp_contributions
from cgni.figures.style import save_figure, use_style
from cgni.base.tables import read_table

style = snakemake.params.figures["figures"]
use_style(style["palette"])
contributions = read_table(snakemake.input.contributions).query("modality == 'snp' and fold == -1")
places = read_table(snakemake.input.variants)[["variant_id", "chrom", "pos"]]
table = contributions.merge(places, left_on="feature", right_on="variant_id").astype({"chrom": int})
figure = snp_contributions(table, job.cfg["contributions"]["snp_sd"], style["palette"])
save_figure(figure, snakemake.output, style["dpi"], style["stamp"])
