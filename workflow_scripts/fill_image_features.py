"""Imaging features of a fold: gaps become the mean of its training people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.cohort.roles import fold_people
from cgni.imaging.table.folds import filled_features
from cgni.transfer.schemas import features_schema

features, splits = read_table(snakemake.input.features), read_table(snakemake.input.splits)
filled = filled_features(features, fold_people(splits, int(snakemake.wildcards.fold)).training)
job.write(filled, snakemake.output.features, features_schema(filled.shape[1] - 1))
