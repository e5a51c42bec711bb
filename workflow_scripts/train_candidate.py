"""One hyperparameter candidate of a model in every fold: its predictions, and its settings for what comes after."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_json
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.registry import fitter_parts
from cgni.classification.folds import classifier_seed
from cgni.classification.search import Candidate, fit_candidate
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.settings import ContrastiveSettings
from cgni.networks.device import prepare_torch
from cgni.networks.resume import ResumeFile

spec, people = ModelSpec.of(snakemake.params.model), job.section(PeopleSettings)
prepare_torch(classifier_seed(job.seed, spec), snakemake.threads)
parts = fitter_parts(spec, job.section, [])
contrastive = job.section(ContrastiveSettings) if spec.encoders else None
resumes = [ResumeFile(f"{snakemake.params.resume}.{part}", job.provenance()) for part in ("encoders", "heads")]
candidate = Candidate(spec, parts, contrastive, people)
fits = fit_candidate(candidate, FeatureTables.of(dict(snakemake.input.items())), job.seed, resumes)
outputs = dict(snakemake.output.items())
write_json(snakemake.params.settings, outputs.pop("settings"))
fits.write(outputs, job.provenance(), resumes)
