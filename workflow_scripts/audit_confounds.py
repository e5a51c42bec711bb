"""How far each model's out-of-fold predictions follow the confounds beyond the label."""

from cgni.workflow.job import start

job = start(snakemake)

import numpy as np
import pandas as pd

from cgni.audit.confounds import confounder_test
from cgni.audit.schemas import CONFOUNDS
from cgni.cohort.confounds import confound_columns, site_levels
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table, write_table

participants, seed = read_table(snakemake.input.participants), derive_seed(job.cfg["seed"], "confounds")
rows = []
for model, path in zip(job.cfg["models"], snakemake.input.predictions, strict=True):
    table = read_table(path)
    table = table[table["part"] == "validation"].sort_values("participant_id")
    ids, p = table["participant_id"], table["probability"].clip(1e-6, 1 - 1e-6)
    confounds = confound_columns(participants, ids, site_levels(participants, ids)).to_numpy()
    r2, value = confounder_test(np.log(p / (1 - p)).to_numpy(), table["label"].to_numpy(), confounds, 499, seed)
    rows.append((model, r2, value, len(table)))
write_table(pd.DataFrame(rows, columns=CONFOUNDS.names), snakemake.output.confounds, CONFOUNDS, job.provenance())
