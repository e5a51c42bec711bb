"""Directions with intervals in people whom no fold has seen: alleles, regions, variates, working memory."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings
from cgni.contributions.components import gated_components
from cgni.contributions.directions import Called, Measures, estimate_directions, gray_matter
from cgni.contributions.schemas_claims import DIRECTIONS
from cgni.imaging.atlas import read_atlas
from cgni.imaging.store import GmStore

inputs = snakemake.input
store = GmStore.open(Path(inputs.maps).parent)
atlas = read_atlas(inputs.atlas, inputs.atlas_labels, store.grid, store.affine)
variates, genotypes = read_table(inputs.variates), read_table(inputs.genotypes)
called = Called.of(read_table(inputs.contributions), gated_components(read_table(inputs.components)))
measures = Measures(
    participants=read_table(inputs.participants),
    counts=genotypes.set_index("participant_id"),
    regions=gray_matter(store, atlas, variates),
    genes=read_table(inputs.snp_genes),
    confound_components=job.section(ConfoundSettings).components,
)
job.write(estimate_directions(variates, called, measures), snakemake.output.directions, DIRECTIONS)
