"""Directions with intervals in people whom no fold has seen: alleles, regions, variates, the outcome."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings
from cgni.contributions.components import gated_components
from cgni.contributions.directions import Called, Measures, estimate_directions
from cgni.contributions.schemas_claims import DIRECTIONS
from cgni.imaging.region_values import region_values

inputs = snakemake.input
variates, genotypes = read_table(inputs.variates), read_table(inputs.genotypes)
ids = pd.Index(variates["participant_id"].unique()).sort_values()
called = Called.of(read_table(inputs.contributions), gated_components(read_table(inputs.components)))
measures = Measures(
    participants=read_table(inputs.participants),
    counts=genotypes.set_index("participant_id"),
    regions=region_values(dict(inputs.items()), ids),
    genes=read_table(inputs.snp_genes),
    confound_components=job.section(ConfoundSettings).components,
)
job.write(estimate_directions(variates, called, measures), snakemake.output.directions, DIRECTIONS)
