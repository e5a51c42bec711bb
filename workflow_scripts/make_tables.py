"""Tables 1-5, those beside them and the summary, as Parquet, CSV and LaTeX."""

from cgni.workflow.job import start

job = start(snakemake)

from dataclasses import fields
from pathlib import Path

from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.base.views import feature_words
from cgni.contrastive.settings import ContrastiveSettings
from cgni.figures.study_models import StudyModels
from cgni.figures.study_tables import StudyResults, study_tables
from cgni.figures.table_files import write_table_files

inputs, labels = snakemake.input, snakemake.params.labels
several = {name: [read_table(path) for path in inputs[name]] for name in ("null_correlations", "attrition")}
recovery = read_table(inputs.recovery) if inputs.get("recovery") else None
single = [field.name for field in fields(StudyResults) if field.name not in (*several, "recovery", "words")]
words = feature_words(job.value("imaging.source"))
results = StudyResults(**{name: read_table(inputs[name]) for name in single}, **several, recovery=recovery, words=words)
selection = read_json(inputs.selection)
roster = (job.value("models"), labels, *(job.value(name) for name in ("encoders", "proposed", "subsets")))
tuned = {name: job.with_winner(inputs.get(f"settings_{name}")) for name in job.value("encoders")}
weights = {name: own.section(ContrastiveSettings).weights for name, own in tuned.items()}
tables = study_tables(results, StudyModels(*roster, selection["proposed"], selection["interpreted"]), weights)
for name, table in tables.items():
    write_table_files(table, Path(snakemake.output[0]).parent, name, job.provenance(), job.value("stamp"))
