"""What the oracle and the pipeline found of what was planted (simulated study only)."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

import numpy as np
import pandas as pd

from cgni.audit import recovery
from cgni.audit.oracle import significant_pairs, snp_region_tests
from cgni.audit.schemas import RECOVERY
from cgni.cohort.confounds import confound_columns, site_levels
from cgni.cohort.roles import development_people
from cgni.base.files import atomic_path
from cgni.imaging.store import GmStore
from cgni.imaging.atlas import atlas_on_grid, region_means, region_names
from cgni.base.programs import atlas_paths
from cgni.base.tables import read_table, write_table

inputs, cfg = snakemake.input, job.cfg["recovery"]
planted, regions = read_table(inputs.variants), read_table(inputs.regions)
image, names_file = atlas_paths(job.cfg["inputs"]["atlas"], job.cfg["inputs"]["atlas_labels"])
names = region_names(names_file)
causal = planted[planted["factor"] >= 0]
truth = recovery.Truth(
    frozenset(causal["variant_id"]), frozenset(causal["symbol"]), frozenset(names[regions["region"]]),
    tuple(job.cfg["simulation"]["genotypes"]["go_terms"]),
)  # fmt: skip

store, genotypes = GmStore.open(Path(inputs.maps).parent), read_table(inputs.genotypes)
passed = read_table(inputs.qc).query("passed")["participant_id"]
ids = development_people(read_table(inputs.splits)).intersection(pd.Index(passed))
ids = ids.intersection(pd.Index(genotypes["participant_id"])).sort_values()
counts = genotypes.set_index("participant_id").loc[ids].astype("float64")
counts = counts.fillna(counts.mean())
labels = atlas_on_grid(image, store.grid, store.affine)
present = np.array([label for label in names.index if (labels == label).any()])
means = region_means(store.each(store.rows_of(ids)), labels, present)
participants = read_table(inputs.participants)
confounds = confound_columns(participants, ids, site_levels(participants, ids)).to_numpy()
pairs = significant_pairs(snp_region_tests(counts.to_numpy(), means, confounds), cfg["fdr"])

variants, region_list = list(counts.columns), list(names[present])
found_snps = [variant for variant, any_region in zip(variants, pairs.any(axis=1), strict=True) if any_region]
found_regions = [name for name, any_snp in zip(region_list, pairs.any(axis=0), strict=True) if any_snp]
rows = recovery.snp_recall_precision(found_snps, truth.snps, counts.to_numpy(), variants, cfg["hit_r2"], "oracle")
rows += recovery.recall_precision(found_regions, truth.regions, region_list, "oracle", "region")

consensus, snp_genes = read_table(inputs.contributions).query("fold == -1"), read_table(inputs.snp_genes)
for who, column in (("pipeline", "called"), ("published SD rule", "called_sd"), ("permutation null", "called_null")):
    called = consensus[consensus[column]]
    snps = called.loc[called["modality"] == "snp", "feature"].unique()
    found = called.loc[called["modality"] == "region", "feature"].unique()
    genes = snp_genes.loc[snp_genes["variant_id"].isin(snps), "symbol"].unique()
    rows += recovery.snp_recall_precision(snps, truth.snps, counts.to_numpy(), variants, cfg["hit_r2"], who)
    rows += recovery.recall_precision(found, truth.regions, region_list, who, "region")
    rows += recovery.recall_precision(genes, truth.genes, snp_genes["symbol"].unique(), who, "gene")
rows += recovery.term_ranks(read_table(inputs.terms), truth.go_terms)
rows += recovery.accuracy_rows(read_table(inputs.performance))
table = pd.DataFrame(rows, columns=RECOVERY.names)
write_table(table, snakemake.output.recovery, RECOVERY, job.provenance())
with atomic_path(snakemake.output.csv) as temporary:
    table.to_csv(temporary, index=False, float_format="%.4g")
