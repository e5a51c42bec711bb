"""What the scripts `train_<kind>` do: fit a model of their kind in every fold."""

from typing import Any

from cgni.base.settings import Section
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import Fitter, FitterParts
from cgni.classification.folds import classifier_seed, fit_classifier_folds
from cgni.classification.settings import TrainingSettings
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.device import prepare_torch
from cgni.networks.resume import ResumeFile
from cgni.workflow.job import Job


def train_models(job: Job, snakemake: Any, fitter: type[Fitter], settings: type[Section] | None) -> None:
    """Fit the job's model in every fold, with the winner's settings where there was a search, and write what comes out.

    Parameters
    ----------
    snakemake
        Of a rule with params `model` and `resume`, the inputs of `FeatureTables`, and what the fitter needs.
    settings
        The model's own section; None: it has none.
    """
    inputs = dict(snakemake.input.items())
    winner = inputs.get("settings")
    spec = ModelSpec.of(snakemake.params.model, winner)
    seed, heads_on = classifier_seed(job.seed, spec), job.section(PeopleSettings).heads_on
    prepare_torch(seed, snakemake.threads)
    parts = fitter_parts(job.with_winner(winner), spec, settings, inputs)
    resume = ResumeFile(snakemake.params.resume, job.provenance())
    confounds = job.section(ConfoundSettings) if spec.cleaned else None
    tables = FeatureTables.of(inputs, confounds)
    fits = fit_classifier_folds(spec, fitter.of(parts), tables, heads_on, seed, resume)
    fits.write(dict(snakemake.output.items()), job.provenance(), [resume])


def fitter_parts(job: Job, spec: ModelSpec, settings: type[Section] | None, inputs: dict[str, Any]) -> FitterParts:
    """What the model's fitter is made from, of the job's settings and inputs."""
    own = None if settings is None else job.section(settings, model=spec.settings)
    training = None if settings is None else job.section(TrainingSettings)
    encoders = load_checkpoint(inputs["encoders"]) if inputs.get("encoders") else None
    networks = [load_checkpoint(path, "state") for path in inputs.get("networks", [])]
    return FitterParts(own, training, encoders, networks)
