"""What was left out of people, images and SNPs, step by step."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.figures.attrition_flow import attrition_flow
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style

inputs = snakemake.input
style = open_style(FigureSettings.of(snakemake.params.figures), snakemake.params.stamp)
steps = [read_table(path) for path in inputs.attrition]
splits, blocks = read_table(inputs.splits, ["role"]), len(read_table(inputs.blocks))
style.save(attrition_flow(steps, splits, blocks), snakemake.output)
