"""Tables 1-5, the attrition table and the summary, as Parquet, CSV and LaTeX."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

from cgni.base.tables import read_table
from cgni.contrastive.settings import ContrastiveSettings
from cgni.figures.study_models import StudyModels
from cgni.figures.study_tables import StudyResults, study_tables
from cgni.figures.table_files import write_table_files

inputs, labels = snakemake.input, snakemake.params.labels
names = ("performance", "comparisons", "correlations", "contributions", "calibration", "snp_genes", "variants", "terms")
results = StudyResults(
    **{name: read_table(inputs[name]) for name in names},
    null_correlations=[read_table(path) for path in inputs.null_correlations],
    attrition=[read_table(path) for path in inputs.attrition],
    recovery=read_table(inputs.recovery) if inputs.get("recovery") else None,
)
selection = json.loads(Path(inputs.selection).read_text())
chosen, interpreted = selection["proposed"], selection["interpreted"]
roster = (job.value("models"), labels, job.value("encoders"), job.value("proposed"))
tables = study_tables(results, StudyModels(*roster, chosen, interpreted), job.section(ContrastiveSettings).weights)
for name, table in tables.items():
    write_table_files(table, Path(snakemake.output[0]).parent, name, job.provenance(), job.value("stamp"))
