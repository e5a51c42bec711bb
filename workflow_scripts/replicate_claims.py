"""Whether the claims of the bundle's study hold in this cohort."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

import pandas as pd

from cgni.application.archive import Archive
from cgni.application.maps import cohort_regions
from cgni.application.replication import replicate_claims
from cgni.application.schemas import REPLICATION
from cgni.base.tables import read_table
from cgni.imaging.store import GmStore

inputs, bundle = snakemake.input, Archive.read(snakemake.input.bundle)
tables = {name: read_table(inputs[name]) for name in ("participants", "genotypes", "variates", "scores")}
store, ids = GmStore.open(Path(inputs.maps).parent), pd.Index(tables["variates"]["participant_id"].unique())
found = replicate_claims(bundle, tables, cohort_regions(bundle, store, ids.sort_values()))
job.write(found, snakemake.output.replication, REPLICATION)
