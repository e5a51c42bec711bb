"""Table 5 on a further atlas, as Parquet, CSV and LaTeX."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.tables import read_table
from cgni.figures.interpretation_tables import table5
from cgni.figures.table_files import write_table_files

inputs, target = snakemake.input, Path(snakemake.output[0])
parts = (read_table(inputs[name]) for name in ("contributions", "components", "directions"))
table = table5(*parts, job.value("outcome.label"))
write_table_files(table, target.parent, target.stem, job.provenance(), job.value("stamp"))
