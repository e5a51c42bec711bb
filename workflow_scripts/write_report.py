"""The report: one self-contained page."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

import pandas as pd

from cgni.figures.provenance import job_costs, origins
from cgni.figures.report import Report
from cgni.base.files import write_text
from cgni.base.tables import read_table

inputs = snakemake.input
report = Report(
    template=Path(inputs.template).read_text(),
    figures={Path(path).stem: Path(path).read_bytes() for path in inputs.figures},
    captions={Path(path).stem: Path(path).read_text().strip() for path in inputs.captions},
    tables={Path(path).stem: pd.read_csv(path, keep_default_na=False) for path in inputs.tables},
    lineage=read_table(inputs.lineage),
    confounds=read_table(inputs.confounds),
    comparisons=read_table(inputs.comparisons),
    terms=read_table(inputs.terms),
    recovery=read_table(inputs.recovery) if inputs.get("recovery") else None,
    config=Path(inputs.config).read_text(),
    choices=job.cfg["choices"],
    protocol=job.cfg["protocol"],
    simulated=job.cfg["simulation"]["enabled"],
    provenance=origins([path for path in inputs if str(path).endswith(".parquet")]),
    costs=job_costs(Path(snakemake.output.report).parent),  # everything measured here runs before the report
)
write_text(report.render(), snakemake.output.report)
