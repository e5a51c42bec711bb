"""h_v of everybody with a usable image, by a fold's working-memory network in evaluation mode."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.tables import read_table
from cgni.imaging.store import GmStore
from cgni.networks.device import choose_device, prepare_torch
from cgni.networks.settings import ExecutionSettings
from cgni.pretraining.checkpoint import load_cnn
from cgni.pretraining.people import passing_people
from cgni.transfer.features import features_table
from cgni.transfer.schemas import features_schema

prepare_torch(seed=0, threads=snakemake.threads)  # nothing is drawn at random here
execution = ExecutionSettings.of(snakemake.params.execution["execution"])
device = choose_device(execution.device, execution.precision)
store = GmStore.open(Path(snakemake.input.maps).parent)
network = load_cnn(snakemake.input.checkpoint)
features = features_table(network, store, passing_people(read_table(snakemake.input.qc)), device)
job.write(features, snakemake.output.features, features_schema(network.n_features))
