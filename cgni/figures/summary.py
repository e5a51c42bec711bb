"""The few numbers to look at first."""

import numpy as np
import pandas as pd

from cgni.base.views import FEATURES, VIEWS
from cgni.contributions.called import called_features, consensus
from cgni.enrichment.schemas import ALL_COMPONENTS
from cgni.figures.cells import NOT_KNOWN, Scores
from cgni.figures.interpretation_tables import correlations_of
from cgni.figures.study_models import StudyModels

Row = tuple[str, str, str]


def model_rows(performance: pd.DataFrame, models: StudyModels) -> list[Row]:
    """The loss terms in force, and every model's balanced accuracy."""
    scores = Scores(performance)
    rows = [
        ("chosen loss terms", models.terms_text(models.chosen), "by validation scores"),
        ("interpreted loss terms", models.terms_text(models.interpreted), "the best with (1) or (2)"),
    ]
    for model in models.models:
        value = f"{scores.pooled(model, 'validation')} out of fold, {scores.pooled(model, 'holdout')} holdout"
        note = "selected on these folds" if model == models.winner else ""
        rows.append((f"balanced accuracy %, {models.labels[model]}", value, note))
    return rows


def finding_rows(correlations: pd.DataFrame, contributions: pd.DataFrame, terms: pd.DataFrame) -> list[Row]:
    """The first canonical correlation, how many features are called, and the first GO term.

    Parameters
    ----------
    correlations, contributions, terms
        `scca.schemas.CORRELATIONS`, `contributions.schemas.CONTRIBUTIONS` and `enrichment.schemas.TERMS`.
    """
    unseen = correlations_of(correlations)
    first = unseen[unseen["component"] == 1]
    text = f"{first['r'].mean():.2f} (p < .05 in {(first['p'] < 0.05).sum()} of {len(first)} folds)"
    rows = [("first canonical correlation, unseen people", text, "")]
    for view in VIEWS:
        own = consensus(contributions, view)
        by_sd = own.loc[own["called_sd"], "feature"].nunique()
        called = called_features(contributions, view)["feature"].nunique()
        rows.append((f"called {FEATURES[view]}", str(called), f"{by_sd} by the published SD rule"))
    ordered = terms[(terms["component"] == ALL_COMPONENTS) & terms["primary"]].sort_values("p") if len(terms) else terms
    top = f"{ordered.iloc[0]['term']} (p {ordered.iloc[0]['p']:.2g})" if len(ordered) else "none"
    return [*rows, ("first GO term", top, "unadjusted p")]


def recovery_rows(recovery: pd.DataFrame) -> list[Row]:
    """What the oracle and the pipeline found of the planted truth (`audit.schemas.RECOVERY`)."""
    return [
        (f"{row.who}: {row.quantity}", NOT_KNOWN if np.isnan(row.value) else _short(row.value), row.note)
        for row in recovery[recovery["who"].isin(["oracle", "pipeline"])].itertuples()
    ]


def _short(value: float) -> str:
    return f"{value:.2f}".replace(".00", "")
