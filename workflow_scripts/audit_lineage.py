"""Who was used in which fit, and whether anybody was who must not be."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

import pandas as pd

from cgni.audit.lineage import check_fit, refuse_leaks
from cgni.audit.schemas import LINEAGE_SUMMARY
from cgni.base.tables import read_table, write_table

splits = read_table(snakemake.input.splits)
families = read_table(snakemake.input.participants).set_index("participant_id")["family"]
rows = []
for path in [*snakemake.input.networks, *snakemake.input.small]:
    used, name = read_table(path), Path(path).stem
    if "fold" not in used:
        name, fold = name.rsplit("_fold", 1)
        used = used.assign(fold=int(fold))
    for fold, own in used.groupby("fold"):
        rows += check_fit(name, int(fold), own, splits, families)
lineage = pd.DataFrame(rows, columns=LINEAGE_SUMMARY.names)
write_table(lineage, snakemake.output.lineage, LINEAGE_SUMMARY, job.provenance())
declared = {"pretrain_brain_age"} if job.cfg["people"]["pretrain_on"] == "everybody" else set()
refuse_leaks(lineage, declared)
