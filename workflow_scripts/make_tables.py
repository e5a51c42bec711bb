"""Tables 1-5, those beside them and the summary, as Parquet, CSV and LaTeX."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.files import read_json
from cgni.cohort.settings import OutcomeSettings
from cgni.contrastive.settings import ContrastiveSettings
from cgni.figures.study_models import StudyModels
from cgni.figures.study_tables import StudyResults, study_tables
from cgni.figures.table_files import write_table_files
from cgni.imaging.region_places import region_places

inputs, labels, selection = snakemake.input, snakemake.params.labels, read_json(snakemake.input.selection)
places = region_places(inputs.atlas, inputs.atlas_labels) if inputs.get("atlas") else None
results = StudyResults.read(dict(inputs.items()), job.value("imaging.source"), places)
roster = (job.value("models"), labels, *(job.value(name) for name in ("encoders", "proposed", "subsets")))
tuned = {name: job.with_winner(inputs.get(f"settings_{name}")) for name in job.value("encoders")}
weights = {name: own.section(ContrastiveSettings).weights for name, own in tuned.items()}
models, outcome = StudyModels(*roster, selection["proposed"], selection["interpreted"]), job.section(OutcomeSettings)
for name, table in study_tables(results, models, weights, outcome).items():
    write_table_files(table, Path(snakemake.output[0]).parent, name, job.provenance(), job.value("stamp"))
