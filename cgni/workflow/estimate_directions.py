"""What the scripts `estimate_directions` and `estimate_atlas` do, each on its regions."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings
from cgni.contributions.components import gated_components
from cgni.contributions.directions import Called, Measures, estimate_directions
from cgni.contributions.schemas_claims import DIRECTIONS
from cgni.imaging.region_values import region_values
from cgni.workflow.job import Job


def write_directions(job: Job, snakemake: Any, contributions: pd.DataFrame, kinds: Sequence[str]) -> None:
    """Write the directions of what is called in `contributions`, those of `kinds` alone.

    Parameters
    ----------
    snakemake
        Of a rule with the inputs of `region_values`, variates, components, genotypes, snp_genes and participants.
    """
    inputs = snakemake.input
    variates, genotypes = read_table(inputs.variates), read_table(inputs.genotypes)
    ids = pd.Index(variates["participant_id"].unique()).sort_values()
    measures = Measures(
        participants=read_table(inputs.participants),
        counts=genotypes.set_index("participant_id"),
        regions=region_values(dict(inputs.items()), ids),
        genes=read_table(inputs.snp_genes),
        confound_components=job.section(ConfoundSettings).components,
    )
    called = Called.of(contributions, gated_components(read_table(inputs.components)))
    found = estimate_directions(variates, called, measures)
    own = found[found["kind"].isin(kinds)].reset_index(drop=True)
    job.write(own, snakemake.output.directions, DIRECTIONS)
