"""h_v of everybody with a usable image, by a fold's working-memory network in evaluation mode."""

from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.imaging.store import GmStore
from cgni.base.tables import number_columns, read_table, write_table
from cgni.pretraining.checkpoint import load_cnn
from cgni.networks.device import choose_device, prepare_torch
from cgni.pretraining.fit import extract_features
from cgni.pretraining.people import passing_people
from cgni.transfer.schemas import features_schema

prepare_torch(seed=0, threads=snakemake.threads)  # nothing is drawn at random here
device = choose_device(**snakemake.params.execution["execution"])
store = GmStore.open(Path(snakemake.input.maps).parent)
ids = passing_people(read_table(snakemake.input.qc)).sort_values()
network = load_cnn(snakemake.input.checkpoint)

features = extract_features(network, store, store.rows_of(ids), device)
table = pd.DataFrame(features, columns=number_columns("h", network.n_features))
table.insert(0, "participant_id", ids)
write_table(table, snakemake.output.features, features_schema(network.n_features), job.provenance())
