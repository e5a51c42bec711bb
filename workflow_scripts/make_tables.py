"""Tables 1-5, the attrition table and the summary, as Parquet, CSV and LaTeX."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

import pandas as pd

from cgni.figures import interpretation_tables, study_tables
from cgni.figures.table_files import write_table_files
from cgni.base.tables import read_table

inputs, models = snakemake.input, job.cfg["models"]
performance, correlations = read_table(inputs.performance), read_table(inputs.correlations)
contributions, snp_genes = read_table(inputs.contributions), read_table(inputs.snp_genes)
null = [read_table(path) for path in inputs.null_correlations]
null = pd.concat(null) if null else pd.DataFrame(columns=["component", "r"])
rsids = read_table(inputs.variants).set_index("variant_id")["rsid"]
selection = json.loads(Path(inputs.selection).read_text())
chosen = selection["terms"]
recovery = read_table(inputs.recovery) if inputs.get("recovery") else None
first = [model for model in models if not model.startswith("cgni_terms") or model == f"cgni_{chosen}"]
tables = {
    "table1": study_tables.table1(performance, first, read_table(inputs.comparisons)),
    "table2": study_tables.table2(performance, job.cfg["terms"], job.cfg["contrastive"]["weights"], chosen),
    "table3": interpretation_tables.table3(correlations, null),
    "table4": interpretation_tables.table4(contributions, snp_genes, rsids),
    "table5": interpretation_tables.table5(contributions),
    "rules": interpretation_tables.rules_table(contributions, read_table(inputs.calibration)),
    "attrition": pd.concat([read_table(path) for path in inputs.attrition], ignore_index=True),
    "summary": study_tables.summary(
        performance,
        models,
        chosen,
        selection["interpreted"],
        correlations,
        contributions,
        read_table(inputs.terms),
        recovery,
    ),
}
for name, table in tables.items():
    write_table_files(table, Path(snakemake.output[0]).parent, name, job.provenance(), job.cfg["stamp"])
