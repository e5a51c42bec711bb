"""A table of imaging features -> those that stay, of the people who have enough of them; their names and units."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.base.tables import read_table
from cgni.cohort.roles import development_people
from cgni.cohort.schemas import ATTRITION
from cgni.imaging.schemas import FEATURE_COLUMNS, feature_table_schema
from cgni.imaging.settings import TableSettings
from cgni.imaging.table.labels import named_features, read_labels
from cgni.imaging.table.reading import read_feature_table
from cgni.imaging.table.screening import screen_features

inputs, output, settings = snakemake.input, snakemake.output, job.section(TableSettings)
table = read_feature_table(inputs.images, settings, job.value("cohort.image_instances"))
labels = read_labels(inputs.labels) if inputs.get("labels") else None
named = named_features(table.columns, labels, inputs.get("labels") or inputs.images)
people = pd.Index(read_table(inputs.participants, ["participant_id"])["participant_id"])
left = screen_features(table.values, named, people, development_people(read_table(inputs.splits)), settings)
job.write(left.features, output.features, feature_table_schema(len(left.columns)))
job.write(left.columns, output.columns, FEATURE_COLUMNS)
job.write(left.attrition, output.attrition, ATTRITION)
