"""Directions of the regions of a further atlas in people whom no fold has seen."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.base.tables import read_table
from cgni.base.views import GENETICS
from cgni.contributions.directions import REGION_KINDS
from cgni.workflow.estimate_directions import write_directions

study, regions = (read_table(snakemake.input[name]) for name in ("contributions", "regions"))
contributions = pd.concat([study[study["view"] == GENETICS], regions], ignore_index=True)
write_directions(job, snakemake, contributions, REGION_KINDS)
