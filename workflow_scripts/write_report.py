"""The report: one self-contained page."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import read_json, write_text
from cgni.base.tables import read_table
from cgni.classification.ledger import read_looks
from cgni.cohort.cautions import people_cautions
from cgni.cohort.settings import OutcomeSettings
from cgni.figures.provenance import colophon, job_costs, origins
from cgni.figures.report import Choices, Evidence, FurtherSets, Page, Report

inputs, outcome = snakemake.input, job.section(OutcomeSettings)
folder = str(snakemake.output.report).removesuffix("/report.html")
tables = {name: read_table(inputs[name]) for name in Evidence.TABLES if inputs.get(name)}
cautions = people_cautions(read_table(inputs.participants), outcome.kind, read_table(inputs.attrition))
looks, note = read_looks(snakemake.params.ledger), read_json(inputs.request, "note")["note"]
report = Report(
    page=Page.read(inputs.template, inputs.figures, inputs.captions, inputs.tables),
    evidence=Evidence(looks, note, cautions, further_sets=FurtherSets.read(inputs.requests), **tables),
    choices=Choices.read(inputs.config, *map(job.value, ("choices", "protocol", "simulation.enabled"))),
    labels=snakemake.params.labels,
    outcome=outcome,
    provenance=origins(inputs),
    costs=job_costs(folder),  # everything measured here runs before the report
    made=colophon(folder),
)
write_text(report.render(), snakemake.output.report)
