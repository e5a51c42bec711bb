"""Contributions of SNPs to the genetic variates of every fold."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import json
from pathlib import Path

import numpy as np
import pandas as pd

from workflow_scripts.cgni.genetics.matrix import load_genotypes
from workflow_scripts.cgni.interpretation import occlusion, schemas
from workflow_scripts.cgni.interpretation.people import occluded_ids
from workflow_scripts.cgni.models.encoders import load_encoders
from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.tables import read_table, write_table
from workflow_scripts.cgni.training.checkpoint import load_checkpoint
from workflow_scripts.cgni.training.device import prepare_torch

prepare_torch(0, snakemake.threads)  # nothing of torch is drawn at random here
cfg = job.cfg["occlusion"]
terms = json.loads(Path(snakemake.input.selection).read_text())["terms"]
checkpoint = load_checkpoint(dict(zip(job.cfg["terms"], snakemake.input.encoders, strict=True))[terms])
weights, variates = read_table(snakemake.input.weights), read_table(snakemake.input.variates)
genotypes = read_table(snakemake.input.genotypes)
tables = []
for fold, path in enumerate(snakemake.input.fills):
    pair = load_encoders(checkpoint, fold)
    own = weights[(weights["fold"] == fold) & (weights["modality"] == "genetics")]
    readout = occlusion.variate_readout(own, cfg["node"])
    in_fold = variates[variates["fold"] == fold]
    seed = derive_seed(job.cfg["seed"], "occlusion", fold)
    ids, _ = occluded_ids(in_fold, cfg["people"], cfg["max_people"], seed)
    fill = read_table(path)
    counts, variants = load_genotypes(genotypes, fill, ids)
    mean = fill.set_index("variant_id").loc[variants, "fill"].to_numpy(np.float32)
    baseline = np.zeros_like(mean) if cfg["baseline"] == "zero" else mean  # a count cannot be blurred
    losses = occlusion.occlude_counts(counts, baseline, lambda rows, p=pair, r=readout: r(p.genetic(rows)))
    scores = in_fold.pivot(index="participant_id", columns="component", values="genetics").loc[ids].to_numpy()
    ones = np.ones(len(variants), int)
    tables.append(occlusion.contribution_table(losses, variants, counts, scores, ones, fold))
write_table(pd.concat(tables, ignore_index=True), snakemake.output.snps, schemas.OCCLUSION, job.provenance())
