"""What the scripts `measure_contributions` and `measure_atlas` do, of both views or of the regions of an atlas."""

from collections.abc import Sequence
from typing import Any

from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.fold_data.tables import StudyTables
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch
from cgni.occlusion.measure import measure_study
from cgni.occlusion.occluded import load_occluded
from cgni.occlusion.schemas import OCCLUSION
from cgni.occlusion.settings import OcclusionSettings
from cgni.workflow.job import Job


def measure_contributions(job: Job, snakemake: Any, views: Sequence[str]) -> None:
    """Write the contributions of the features of each of `views` to the output of its name.

    Parameters
    ----------
    snakemake
        Of a rule with the inputs of `StudyTables`, selection, encoders, weights and regions.
    """
    prepare_torch(0, snakemake.threads)  # nothing of torch is drawn at random here
    inputs, settings = snakemake.input, job.section(OcclusionSettings)
    interpreted = read_json(inputs.selection, "interpreted")["interpreted"]
    encoders = load_checkpoint(dict(zip(job.value("encoders"), inputs.encoders, strict=True))[interpreted])
    tables = StudyTables.of(dict(inputs.items()), job.section(ConfoundSettings))
    weights, people = read_table(inputs.weights), job.section(PeopleSettings)
    found = measure_study(tables, encoders, weights, map(load_occluded, inputs.regions), settings, people, views)
    for view, table in found.items():
        job.write(table, snakemake.output[view], OCCLUSION)
