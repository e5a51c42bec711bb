"""Last hidden layer of a network in every fold, of everybody with both modalities."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.classification.features import FeatureTables
from cgni.classification.hidden import extract_hidden
from cgni.fold_data.schemas import numbered_schema
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch

prepare_torch(0, snakemake.threads)  # nothing is drawn at random here
tables = FeatureTables.of(dict(snakemake.input.items()))
table = extract_hidden(load_checkpoint(snakemake.input.model), tables)
job.write(table, snakemake.output.hidden, numbered_schema(list(table.columns[2:])))
