"""What the scripts `null_contributions` and `null_components` begin with: the study whose pairings are shuffled."""

from typing import Any

from cgni.base.files import read_json
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings
from cgni.contrastive.terms import encoder_spec
from cgni.contributions.null_fits import FitSettings, NullStudy
from cgni.fold_data.tables import StudyTables
from cgni.networks.device import prepare_torch
from cgni.workflow.job import Job


def null_study(job: Job, snakemake: Any) -> NullStudy:
    """The real study on the interpreted encoders, with the settings of their search's winner where there was one.

    Parameters
    ----------
    snakemake
        Of a rule with the inputs of `StudyTables`, selection, grid, and `settings_<encoders>` of searched ones.
    """
    inputs, seed = snakemake.input, derive_seed(job.seed, "contributions")
    prepare_torch(seed, snakemake.threads)
    encoders = read_json(inputs.selection, "interpreted")["interpreted"]
    tuned, spec = job.with_winner(inputs.get(f"settings_{encoders}")), encoder_spec(job.value("encoders")[encoders])
    tables = StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings))
    return NullStudy.of(tables, read_table(inputs.grid), spec, FitSettings.read(job.section, tuned.section), seed)
