"""What the scripts `search_<kind>` do: fit one hyperparameter candidate of a model of their kind in every fold."""

from typing import Any

from cgni.base.files import write_json
from cgni.base.settings import Section
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import Fitter
from cgni.classification.folds import classifier_seed
from cgni.classification.search import Candidate, fit_candidate
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import encoder_spec
from cgni.networks.device import prepare_torch
from cgni.networks.resume import ResumeFile
from cgni.workflow.job import Job
from cgni.workflow.train_models import fitter_parts


def search_candidate(job: Job, snakemake: Any, fitter: type[Fitter], settings: type[Section]) -> None:
    """Fit the job's candidate in every fold; write predictions, curve, lineage, and its settings for what comes after.

    Parameters
    ----------
    snakemake
        Of a rule with params `model`, `encoders`, `settings` and `resume`, and the inputs of `FeatureTables`. Encoders
        are the candidate's own.
    """
    inputs, outputs = dict(snakemake.input.items()), dict(snakemake.output.items())
    spec = ModelSpec.of(snakemake.params.model)
    prepare_torch(classifier_seed(job.seed, spec), snakemake.threads)
    encoders = encoder_spec(**snakemake.params.encoders) if spec.encoders else None
    contrastive = job.section(ContrastiveSettings) if spec.encoders else None
    confounds = job.section(ConfoundSettings) if spec.encoders or spec.cleaned else None
    parts = fitter_parts(job, spec, settings, inputs)
    candidate = Candidate(spec, fitter, parts, encoders, contrastive, job.section(PeopleSettings))
    resumes = [ResumeFile(f"{snakemake.params.resume}.{part}", job.provenance()) for part in ("encoders", "heads")]
    fits = fit_candidate(candidate, FeatureTables.of(inputs, confounds), job.seed, resumes)
    write_json(snakemake.params.settings, outputs.pop("settings"))
    fits.write(outputs, job.provenance(), resumes)
