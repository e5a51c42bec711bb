"""Fit a hyperparameter candidate of a model in every fold."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.classification.features import FeatureTables
from cgni.classification.fitters.base import Fitter, FitterParts
from cgni.classification.folds import ClassifierFits, classifier_seed, fit_classifier_folds
from cgni.classification.spec import ModelSpec
from cgni.cohort.settings import PeopleSettings
from cgni.contrastive.folds import fit_contrastive_folds
from cgni.contrastive.settings import ContrastiveSettings
from cgni.contrastive.terms import EncoderSpec
from cgni.networks.resume import ResumeFile


@dataclass(frozen=True)
class Candidate:
    """A model with the settings to try.

    Attributes
    ----------
    fitter : what fits it; parts : what the fitter is made from.
    encoders : its pair of encoders, with the loss terms they are trained on; None: it reads no embeddings.
    contrastive : settings of the encoders; None without them.
    people : on whom encoders and classifiers are fitted.
    """

    spec: ModelSpec
    fitter: type[Fitter]
    parts: FitterParts
    encoders: EncoderSpec | None
    contrastive: ContrastiveSettings | None
    people: PeopleSettings


def fit_candidate(
    candidate: Candidate, tables: FeatureTables, seed: int, resumes: Sequence[ResumeFile]
) -> ClassifierFits:
    """The candidate in every fold; with encoders of its own its curve is theirs, and its lineage that of both.

    Parameters
    ----------
    seed
        The study's seed: candidates share the streams of the fits that come after the search.
    resumes
        One resume file for the encoders and one for the classifier.
    """
    parts, encoders = candidate.parts, None
    if candidate.encoders is not None and candidate.contrastive is not None:
        stage_seed = derive_seed(seed, "contrastive")
        encoders = fit_contrastive_folds(
            tables.study, candidate.encoders, candidate.contrastive, candidate.people, stage_seed, resumes[0]
        )
        tables = dataclasses.replace(tables, embeddings=encoders.embeddings)
        parts = dataclasses.replace(parts, encoders=encoders.checkpoint)
    fitter = candidate.fitter.of(parts)
    own_seed = classifier_seed(seed, candidate.spec)
    fits = fit_classifier_folds(candidate.spec, fitter, tables, candidate.people.heads_on, own_seed, resumes[1])
    if encoders is None:
        return fits
    lineage = pd.concat([encoders.lineage, fits.lineage], ignore_index=True).drop_duplicates()
    return dataclasses.replace(fits, curve=encoders.curve, lineage=lineage)
