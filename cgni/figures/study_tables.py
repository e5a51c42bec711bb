"""All tables of a finished study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cgni.base.views import REGION_WORDS, FeatureWords
from cgni.cohort.settings import OutcomeSettings
from cgni.figures.brain_age_table import brain_age_table
from cgni.figures.claim_tables import claims_table, directions_table, published_table
from cgni.figures.classification_tables import table1, table2
from cgni.figures.component_tables import table3, table3_folds
from cgni.figures.interpretation_tables import rules_table, table4, table5
from cgni.figures.score_tables import calibration_table, confound_shares_table, increments_table, strata_table
from cgni.figures.study_models import StudyModels
from cgni.figures.summary import accuracy_rows, claim_rows, component_rows, lead_rows, recovery_rows, term_row


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
    attrition : `cohort.schemas`, one table a stage.
    confound_shares, brain_age, recovery : `audit.schemas`; recovery is None where nothing was planted.
    words : what features are called.
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
    null_correlations: Sequence[pd.DataFrame]
    attrition: Sequence[pd.DataFrame]
    recovery: pd.DataFrame | None
    words: FeatureWords = REGION_WORDS


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
    return {
        **_classification(results, models, weights),
        **_interpretation(results, outcome),
        "attrition": pd.concat(results.attrition, ignore_index=True),
        "summary": _summary(results, models),
    }


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
        "table4": table4(contributions, components, blocks, directions, results.snp_genes, rsids, outcome.label),
        "table5": table5(contributions, components, directions, outcome.label, results.words),
        "claims": claims_table(blocks, results.credible, rsids),
        "directions": directions_table(directions, rsids, outcome.label, results.words),
        "published": published_table(results.published),
        "rules": rules_table(contributions, components, blocks, results.calibration, results.words),
    }


def _summary(results: StudyResults, models: StudyModels) -> pd.DataFrame:
    rows = lead_rows(results.performance, results.comparisons, results.increments, models)
    rows += component_rows(results.components, results.correlations)
    rows += claim_rows(results.contributions, results.blocks, results.words)
    rows += [term_row(results.terms, results.contributions)]
    rows += accuracy_rows(results.performance, models)
    rows += recovery_rows(results.recovery) if results.recovery is not None else []
    return pd.DataFrame(rows, columns=["quantity", "value", "note"])
