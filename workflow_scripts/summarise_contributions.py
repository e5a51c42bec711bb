"""Contributions of regions and SNPs per fold and as consensus, with what both rules call."""

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.contributions import calls as calls
from cgni.scca.schemas import CALIBRATION, CONTRIBUTIONS, NULL_SHARES
from cgni.base.tables import read_table, write_table

cfg, inputs = job.cfg["contributions"], snakemake.input
null = [read_table(path) for path in inputs.null]
null = pd.concat(null, ignore_index=True) if null else pd.DataFrame(columns=NULL_SHARES.names)
genotypes = read_table(inputs.genotypes).set_index("participant_id").astype("float64")
counts = genotypes.fillna(genotypes.mean())
tables, calibration = [], []
for modality, path, threshold in (("region", inputs.regions, "region_sd"), ("snp", inputs.snps, "snp_sd")):
    own = null[null["modality"] == modality]
    table = calls.judge(calls.summarise(read_table(path), cfg[threshold]), own, cfg["rule"], cfg["fdr"])
    table["lead"] = table["called"]
    if modality == "snp":
        for _, rows in table[table["called"]].groupby(["component", "fold"]):
            leads = calls.lead_snps(rows, counts.to_numpy(), list(counts.columns), cfg["ld_r2"])
            table.loc[rows.index, "lead"] = rows["feature"].isin(leads)
    tables.append(table.assign(modality=modality))
    calibration += calls.calibration_rows(own, modality, cfg[threshold], cfg["fdr"])
provenance = job.provenance()
write_table(pd.concat(tables, ignore_index=True), snakemake.output.contributions, CONTRIBUTIONS, provenance)
calibration = pd.DataFrame(calibration, columns=CALIBRATION.names)
write_table(calibration, snakemake.output.calibration, CALIBRATION, provenance)
