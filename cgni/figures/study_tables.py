"""All tables of a finished study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cgni.figures.classification_tables import table1, table2
from cgni.figures.interpretation_tables import rules_table, table3, table4, table5
from cgni.figures.study_models import StudyModels
from cgni.figures.summary import finding_rows, model_rows, recovery_rows


@dataclass(frozen=True)
class StudyResults:
    """What the stages of the study have written.

    Attributes
    ----------
    performance, comparisons : `classification.schemas`.
    correlations : `scca.schemas`.
    contributions, calibration : `contributions.schemas`; null_correlations : one table a batch, perhaps none.
    snp_genes, variants : `genetics.schemas`.
    terms : `enrichment.schemas`.
    attrition : `cohort.schemas`, one table a stage.
    recovery : `audit.schemas`; None where nothing was planted.
    """

    performance: pd.DataFrame
    comparisons: pd.DataFrame
    correlations: pd.DataFrame
    contributions: pd.DataFrame
    calibration: pd.DataFrame
    snp_genes: pd.DataFrame
    variants: pd.DataFrame
    terms: pd.DataFrame
    null_correlations: Sequence[pd.DataFrame]
    attrition: Sequence[pd.DataFrame]
    recovery: pd.DataFrame | None


def study_tables(results: StudyResults, models: StudyModels, weights: Mapping[str, float]) -> dict[str, pd.DataFrame]:
    """Every table by its name: table1 to table5, rules, attrition, summary.

    `weights` are those of the loss terms by their keys.
    """
    batches = results.null_correlations
    null = pd.concat(batches) if batches else pd.DataFrame(columns=["component", "r"])
    rsids = results.variants.set_index("variant_id")["rsid"]
    rows = model_rows(results.performance, models)
    rows += finding_rows(results.correlations, results.contributions, results.terms)
    rows += recovery_rows(results.recovery) if results.recovery is not None else []
    return {
        "table1": table1(results.performance, results.comparisons, models),
        "table2": table2(results.performance, models, weights),
        "table3": table3(results.correlations, null),
        "table4": table4(results.contributions, results.snp_genes, rsids),
        "table5": table5(results.contributions),
        "rules": rules_table(results.contributions, results.calibration),
        "attrition": pd.concat(results.attrition, ignore_index=True),
        "summary": pd.DataFrame(rows, columns=["quantity", "value", "note"]),
    }
