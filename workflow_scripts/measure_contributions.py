"""Contributions of regions and SNPs to the canonical variates of every fold."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.scca import schemas
from cgni.occlusion.measure import FoldMeasurement, fold_contributions
from cgni.occlusion.region_features import RegionFeatures
from cgni.scca.tables import fold_scca, restore_fit
from cgni.contrastive.encoders import load_encoders
from cgni.base.tables import read_table, write_table
from cgni.networks.checkpoint import load_checkpoint
from cgni.contrastive.fit import embed
from cgni.networks.device import prepare_torch
from cgni.classification.inputs import StudyTables

prepare_torch(0, snakemake.threads)  # nothing of torch is drawn at random here
cfg, inputs = job.cfg["occlusion"], snakemake.input
terms = json.loads(Path(inputs.selection).read_text())["interpreted"]
checkpoint = load_checkpoint(dict(zip(job.cfg["terms"], inputs.encoders, strict=True))[terms])
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
weights, found = read_table(inputs.weights), {"region": [], "snp": []}
for fold in tables.folds():
    data, pair = tables.fold_data(fold), load_encoders(checkpoint, fold)
    scca = fold_scca(embed(pair, data), tables.participants, tables.splits, fold)
    restore_fit(scca, weights[weights["fold"] == fold])
    with np.load(inputs.regions[fold], allow_pickle=False) as arrays:
        regions = RegionFeatures(**arrays)
    own = FoldMeasurement(pair, data, scca, regions)
    for modality, tables_of in found.items():
        tables_of.append(fold_contributions(own, fold, modality, cfg["baseline"], cfg["node"]))
for modality, path in (("region", snakemake.output.regions), ("snp", snakemake.output.snps)):
    write_table(pd.concat(found[modality], ignore_index=True), path, schemas.OCCLUSION, job.provenance())
