"""All tables of a finished study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from cgni.base.tables import read_table
from cgni.base.views import REGION_WORDS, FeatureWords, feature_words
from cgni.cohort.settings import OutcomeSettings
from cgni.figures.brain_age_table import brain_age_table
from cgni.figures.claim_tables import claims_table, directions_table, published_table
from cgni.figures.classification_tables import publication_table, table1, table2
from cgni.figures.cohort_table import cohort_table
from cgni.figures.component_tables import table3, table3_folds
from cgni.figures.findings import Facts, findings
from cgni.figures.interpretation_tables import rules_table, table4, table5
from cgni.figures.layouts import laid_out
from cgni.figures.numbers import Numbers, call_numbers, component_numbers, images_alone, score_numbers, term_numbers
from cgni.figures.score_tables import calibration_table, confound_shares_table, increments_table, strata_table
from cgni.figures.study_models import StudyModels


@dataclass(frozen=True)
class StudyResults:
    """What the stages of the study have written.

    Attributes
    ----------
    performance, comparisons, increments, strata : `classification.schemas`; probabilities : its `CALIBRATION`.
    correlations : `scca.schemas`.
    components, contributions, calibration : `contributions.schemas`; null_correlations : one table a batch of
        replicates, perhaps none.
    directions, blocks, credible, published : `contributions.schemas_claims`.
    snp_genes, variants : `genetics.schemas`.
    terms : `enrichment.schemas`.
    participants, splits : `cohort.schemas`; attrition : one table a stage.
    confound_shares, brain_age, recovery : `audit.schemas`; recovery is None where nothing was planted.
    words : what features are called; places : of the atlas's regions (`imaging.region_places`).
    """

    performance: pd.DataFrame
    comparisons: pd.DataFrame
    increments: pd.DataFrame
    strata: pd.DataFrame
    probabilities: pd.DataFrame
    correlations: pd.DataFrame
    components: pd.DataFrame
    contributions: pd.DataFrame
    calibration: pd.DataFrame
    directions: pd.DataFrame
    blocks: pd.DataFrame
    credible: pd.DataFrame
    published: pd.DataFrame
    snp_genes: pd.DataFrame
    variants: pd.DataFrame
    terms: pd.DataFrame
    confound_shares: pd.DataFrame
    brain_age: pd.DataFrame
    participants: pd.DataFrame
    splits: pd.DataFrame
    null_correlations: Sequence[pd.DataFrame]
    attrition: Sequence[pd.DataFrame]
    recovery: pd.DataFrame | None
    words: FeatureWords = REGION_WORDS
    places: pd.DataFrame | None = None

    @classmethod
    def read(cls, paths: Mapping[str, Any], source: str, places: pd.DataFrame | None) -> "StudyResults":
        """From paths by the names of the attributes, lists of them where there are several tables.

        Parameters
        ----------
        source
            Where imaging features come from (`imaging.source`).
        """
        several = {name: [read_table(path) for path in paths[name]] for name in ("null_correlations", "attrition")}
        recovery = paths.get("recovery")
        rest: dict[str, Any] = {**several, "words": feature_words(source), "places": places}
        rest["recovery"] = read_table(recovery) if recovery else None
        single = [field.name for field in fields(cls) if field.name not in rest]
        return cls(**{name: read_table(paths[name]) for name in single}, **rest)


def study_tables(
    results: StudyResults,
    models: StudyModels,
    weights: Mapping[str, Mapping[str, float]],
    outcome: OutcomeSettings,
) -> dict[str, pd.DataFrame]:
    """Every table by its name, as the report lists them.

    `weights` are those of the loss terms by their keys, of each pair of encoders by its name; of `outcome` the
    names are read.
    """
    numbers = _numbers(results, models)
    tables = {
        **_classification(results, models, weights),
        **_interpretation(results, outcome),
        "attrition": pd.concat(results.attrition, ignore_index=True),
        "cohort": cohort_table(results.participants, results.splits, outcome.group_names),
        "numbers": numbers.table(),
        "publication": publication_table(models, results.components),
        "summary": findings(numbers, _facts(results, models, outcome)),
    }
    return laid_out(tables)


def _classification(
    results: StudyResults, models: StudyModels, weights: Mapping[str, Mapping[str, float]]
) -> dict[str, pd.DataFrame]:
    return {
        "table1": table1(results.performance, results.comparisons, results.increments, models),
        "table2": table2(results.performance, models, weights),
        "brain_age": brain_age_table(results.brain_age),
        "increments": increments_table(results.increments, results.performance, models),
        "strata": strata_table(results.strata, results.performance, models),
        "calibration": calibration_table(results.probabilities, models),
        "confound_shares": confound_shares_table(results.confound_shares, models),
    }


def _interpretation(results: StudyResults, outcome: OutcomeSettings) -> dict[str, pd.DataFrame]:
    batches, components, contributions = results.null_correlations, results.components, results.contributions
    null = pd.concat(batches) if batches else pd.DataFrame(columns=["component", "r"])
    rsids = results.variants.set_index("variant_id")["rsid"]
    blocks, directions = results.blocks, results.directions
    return {
        "table3": table3(components, results.correlations),
        "table3_folds": table3_folds(results.correlations, null, components, outcome.group_names),
        "table4": table4(
            contributions, components, blocks, directions, results.snp_genes, results.variants, outcome.label
        ),
        "table5": table5(contributions, components, directions, outcome.label, results.words, results.places),
        "claims": claims_table(blocks, results.credible, rsids),
        "directions": directions_table(directions, rsids, outcome.label, results.words),
        "published": published_table(results.published),
        "rules": rules_table(contributions, components, blocks, results.calibration, results.words),
    }


def _numbers(results: StudyResults, models: StudyModels) -> Numbers:
    scores = score_numbers(results.performance, results.comparisons, results.increments, models)
    calls = call_numbers(results.contributions, results.blocks, results.snp_genes, results.words)
    return Numbers([*scores, *component_numbers(results.components), *calls, *term_numbers(results.terms)])


def _facts(results: StudyResults, models: StudyModels, outcome: OutcomeSettings) -> Facts:
    return Facts(
        participants=results.participants,
        components=results.components,
        calibration=results.calibration,
        recovery=results.recovery,
        outcome=outcome,
        proposed=models.labels[models.winner],
        images=models.labels.get(images_alone(models) or "", ""),
        words=results.words,
    )
