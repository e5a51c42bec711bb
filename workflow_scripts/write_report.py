"""The report: one self-contained page."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

from cgni.base.files import write_text
from cgni.base.tables import read_table
from cgni.classification.ledger import read_looks
from cgni.cohort.cautions import people_cautions
from cgni.figures.provenance import job_costs, origins
from cgni.figures.report import Choices, Evidence, Page, Report

inputs, target = snakemake.input, snakemake.output.report
names = ("lineage", "confounds", "performance", "comparisons", "terms", "recovery")
tables = {name: read_table(inputs[name]) for name in names if inputs.get(name)}
note, cautions = json.loads(Path(inputs.request).read_text())["note"], people_cautions(read_table(inputs.participants))
config, governed = Path(inputs.config).read_text(), job.value("choices")
report = Report(
    page=Page.read(inputs.template, inputs.figures, inputs.captions, inputs.tables),
    evidence=Evidence(read_looks(snakemake.params.ledger), note, cautions, **tables),
    choices=Choices(config, governed, job.value("protocol"), job.value("simulation.enabled")),
    labels=snakemake.params.labels,
    provenance=origins([path for path in inputs if str(path).endswith(".parquet")]),
    costs=job_costs(Path(target).parent),  # everything measured here runs before the report
)
write_text(report.render(), target)
