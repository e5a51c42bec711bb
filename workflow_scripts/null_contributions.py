"""Contributions under the null: encoders trained on shuffled pairings, a batch of replicates in all folds."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.contrastive.terms import encoder_spec
from cgni.contributions.replicates import NullSettings, NullStudy, batch_replicates, null_replicates
from cgni.contributions.schemas import NULL_CORRELATIONS, NULL_SHARES
from cgni.contributions.settings import ContributionSettings
from cgni.fold_data.tables import StudyTables
from cgni.networks.device import prepare_torch
from cgni.occlusion.occluded import RegionFeatures

inputs, seed = snakemake.input, derive_seed(job.seed, "contributions")
prepare_torch(seed, snakemake.threads)
spec = encoder_spec(job.value("encoders")[json.loads(Path(inputs.selection).read_text())["interpreted"]])
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
regions = [RegionFeatures.load(path) for path in inputs.regions]
study = NullStudy.of(tables, regions, read_table(inputs.grid), spec)
replicates = batch_replicates(int(snakemake.wildcards.batch), job.section(ContributionSettings))
found = null_replicates(replicates, study, NullSettings.read(job.section), seed)
job.write(found.shares, snakemake.output.shares, NULL_SHARES)
job.write(found.correlations, snakemake.output.correlations, NULL_CORRELATIONS)
