"""h_v of everybody with a usable image, by a fold's working-memory network in evaluation mode."""

from pathlib import Path

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import pandas as pd

from workflow_scripts.cgni.imaging.store import GmStore
from workflow_scripts.cgni.tables import number_columns, read_table, write_table
from workflow_scripts.cgni.training.checkpoint import load_cnn
from workflow_scripts.cgni.training.device import choose_device, prepare_torch
from workflow_scripts.cgni.training.fit import extract_features
from workflow_scripts.cgni.training.people import passing_people
from workflow_scripts.cgni.training.schemas import features_schema

prepare_torch(seed=0, threads=snakemake.threads)  # nothing is drawn at random here
device = choose_device(**snakemake.params.execution["execution"])
store = GmStore.open(Path(snakemake.input.maps).parent)
ids = passing_people(read_table(snakemake.input.qc)).sort_values()
network = load_cnn(snakemake.input.checkpoint)

features = extract_features(network, store, store.rows_of(ids), device)
table = pd.DataFrame(features, columns=number_columns("h", network.n_features))
table.insert(0, "participant_id", ids)
write_table(table, snakemake.output.features, features_schema(network.n_features), job.provenance())
