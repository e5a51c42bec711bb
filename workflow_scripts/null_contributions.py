"""Contributions under the null: encoders trained on shuffled pairings, a batch of replicates in all folds."""

from cgni.workflow.job import start

job = start(snakemake)

import json
from pathlib import Path

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings
from cgni.contrastive.terms import encoder_spec
from cgni.contributions.null_fits import FitSettings, NullStudy, encoder_replicates
from cgni.contributions.replicates import OcclusionStudy, null_replicates
from cgni.contributions.schemas import NULL_CORRELATIONS, NULL_SHARES
from cgni.contributions.settings import ContributionSettings
from cgni.fold_data.tables import StudyTables
from cgni.networks.device import prepare_torch

inputs, seed = snakemake.input, derive_seed(job.seed, "contributions")
prepare_torch(seed, snakemake.threads)
encoders = json.loads(Path(inputs.selection).read_text())["interpreted"]
tuned, spec = job.with_winner(inputs.get(f"settings_{encoders}")), encoder_spec(job.value("encoders")[encoders])
tables = StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings))
study = NullStudy.of(tables, read_table(inputs.grid), spec, FitSettings.read(job.section, tuned.section), seed)
batch = encoder_replicates(int(snakemake.wildcards.batch), job.section(ContributionSettings))
found = null_replicates(batch, study, OcclusionStudy.read(inputs.regions, job.section))
job.write(found.shares, snakemake.output.shares, NULL_SHARES)
job.write(found.correlations, snakemake.output.correlations, NULL_CORRELATIONS)
