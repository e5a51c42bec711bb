"""The fitted models of the study in one file, with how its inputs are coded, and without anybody's data."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

import yaml

from cgni.application.archive import json_bytes, table_bytes, write_archive
from cgni.application.bundle import bundle_facts, read_fitted, read_maps, shared_config, study_members
from cgni.application.schemas import CLAIMS
from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings
from cgni.fold_data.tables import StudyTables

inputs, chosen = snakemake.input, ("encoders", "models")
encoders, models = (dict(zip(job.value("encoders"), inputs[name], strict=True)) for name in chosen)
fitted, study = (
    read_fitted(inputs, encoders, models),
    StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings)),
)
fills, variants = [read_table(path) for path in inputs.fills], read_table(inputs.variants)
members = study_members(study, fills, variants, read_maps(inputs), fitted)
members["claims.parquet"] = table_bytes(read_table(inputs.claims), CLAIMS)
members["config.json"] = json_bytes(shared_config(yaml.safe_load(Path(inputs.config).read_text())))
write_archive(members, bundle_facts(fitted, job.code, inputs.atlas), snakemake.output.bundle)
