"""Table 5 on a further atlas, as Parquet, CSV and LaTeX."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.tables import read_table
from cgni.figures.interpretation_tables import table5
from cgni.figures.layouts import LAYOUTS
from cgni.figures.table_files import write_table_files
from cgni.imaging.region_places import region_places

inputs, target = snakemake.input, Path(snakemake.output[0])
parts = (read_table(inputs[name]) for name in ("contributions", "components", "directions"))
places = region_places(inputs.atlas, inputs.atlas_labels)
table = table5(*parts, job.value("outcome.label"), places=places)
shown = LAYOUTS["table5"].shown(table)
write_table_files(shown, target.parent, target.stem, job.provenance(), job.value("stamp"))
