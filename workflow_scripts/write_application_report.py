"""The page of a bundle's application to another cohort: drift first."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

from cgni.application.archive import Archive
from cgni.application.report import age_summary, render_page
from cgni.base.files import write_text
from cgni.base.tables import read_table

inputs = snakemake.input
manifest = {name: value for name, value in Archive.read(inputs.bundle).manifest.items() if name != "members"}
tables = {name: read_table(inputs[name]) for name in ("drift", "scores", "reliability", "components", "replication")}
tables |= {"ages": age_summary(read_table(inputs.ages)), "attrition": read_table(inputs.attrition)}
predictions = read_table(inputs.predictions)
facts = {"outcome": job.value("outcome.label"), "folds": manifest["folds"], "manifest": json.dumps(manifest, indent=2)}
facts["people"] = int((predictions["fold"] == -1).sum())
facts["labelled"] = int(tables["reliability"]["people"].sum())
write_text(render_page(Path(inputs.template).read_text(encoding="utf-8"), tables, facts), snakemake.output.report)
