"""The few numbers to look at first."""

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS, REGION_WORDS, VIEWS, FeatureWords
from cgni.contributions.called import called_features, consensus
from cgni.enrichment.schemas import ALL_COMPONENTS
from cgni.figures.cells import NO_CLAIM, NOT_KNOWN, Scores, few, number, small, small_of_tail, with_interval
from cgni.figures.component_tables import correlations_of
from cgni.figures.study_models import StudyModels

Row = tuple[str, str, str]
_UNSEEN = {"holdout": "holdout", "validation": "out of fold"}  # the holdout leads
_IMAGES_ALONE = ("imaging_cnn", "imaging_logistic")  # the latter where features come from a table
_LEVEL = 0.05  # of the family-wise p of a GO term


def lead_rows(
    performance: pd.DataFrame, comparisons: pd.DataFrame, increments: pd.DataFrame, models: StudyModels
) -> list[Row]:
    """The loss terms in force, and what the proposed model adds to the confounds and to images alone.

    Parameters
    ----------
    performance, comparisons, increments
        `classification.schemas.PERFORMANCE`, `COMPARISONS` and `INCREMENTS`.
    """
    scores = Scores(performance)
    return [
        ("chosen loss terms", models.terms_text(models.chosen), "by validation scores"),
        ("interpreted loss terms", models.terms_text(models.interpreted), "the best with (1) or (2)"),
        _gain_row(increments, models, scores),
        *_images_row(comparisons, models, scores),
    ]


def accuracy_rows(performance: pd.DataFrame, models: StudyModels) -> list[Row]:
    """Every model's main score (`classification.schemas.PERFORMANCE`), the holdout first."""
    scores, rows = Scores(performance), []
    for model in models.models:
        cells = [
            scores.marked(f"{scores.pooled(model, split)} {title}", model, split) for split, title in _UNSEEN.items()
        ]
        title = scores.words.main_title[:1].lower() + scores.words.main_title[1:] if scores.words.grouped else "R²"
        rows.append((f"{title}, {models.labels[model]}", ", ".join(cells), ""))
    return rows


def component_rows(components: pd.DataFrame, correlations: pd.DataFrame) -> list[Row]:
    """How many components are significant, and the numbers of those, or of the one with the smallest p.

    `components`: `contributions.schemas.COMPONENT_TESTS`; `correlations`: `scca.schemas.CORRELATIONS`, for how many
    people those of the folds are of.
    """
    unseen = few(correlations_of(correlations)["n"].min())
    gated = components[components["gated"]]
    note = "study-wide p in the holdout, family-wise over components"
    rows = [("significant components", f"{len(gated)} of {len(components)}", note)]
    shown = gated if len(gated) else components.sort_values("p").head(1)
    for row in shown.itertuples():
        value = f"r {number(row.r)}, partial r {number(row.partial_r)} (p {small(row.p)}), n {row.n}"
        value = few(row.n) or value
        beside = f"partial r out of fold {unseen or number(row.r_out_of_fold)}"
        if row.replicates and not unseen:
            beside += f"; p of the whole analysis {small_of_tail(row.p_pipeline)}"
        rows.append((f"component {row.component}, holdout", value, beside))
    return rows


def claim_rows(contributions: pd.DataFrame, blocks: pd.DataFrame, words: FeatureWords = REGION_WORDS) -> list[Row]:
    """How many LD blocks and features are called.

    Parameters
    ----------
    contributions, blocks
        `contributions.schemas.CONTRIBUTIONS` and `contributions.schemas_claims.BLOCKS`.
    """
    claims = blocks.loc[blocks["called"], "block"].nunique()
    nothing = "" if len(blocks) else NO_CLAIM
    rows = [("claims (LD blocks called)", str(claims), nothing or f"of {blocks['block'].nunique()}")]
    for view in VIEWS:
        own = consensus(contributions, view)
        by_sd = own.loc[own["called_sd"], "feature"].nunique()
        called = called_features(contributions, view)["feature"].nunique()
        rows.append((f"called {words.several[view]}", str(called), f"{by_sd} by the published SD rule"))
    return rows


def term_row(terms: pd.DataFrame, contributions: pd.DataFrame) -> Row:
    """The GO term that stands out of the null's, if any does: an unadjusted winner is never named.

    Parameters
    ----------
    terms, contributions
        `enrichment.schemas.TERMS` and `contributions.schemas.CONTRIBUTIONS`.
    """
    return "GO terms beyond the null", _term(terms, contributions), "genes of all components together"


def recovery_rows(recovery: pd.DataFrame) -> list[Row]:
    """What the oracle, the pipeline and its claims found of the planted truth (`audit.schemas.RECOVERY`)."""
    return [
        (f"{row.who}: {row.quantity}", NOT_KNOWN if np.isnan(row.value) else _short(row.value), row.note)
        for row in recovery[recovery["who"].isin(["oracle", "pipeline", "claims"])].itertuples()
    ]


def _gain_row(increments: pd.DataFrame, models: StudyModels, scores: Scores) -> Row:
    cells = []
    for split, title in _UNSEEN.items():
        found = increments[(increments["model"] == models.winner) & (increments["split"] == split)].iloc[0]
        nothing = scores.few(models.winner, split) or few(found["people"])
        gain = nothing or with_interval(*found[["increment", "low", "high"]])
        cells.append(scores.marked(f"{gain} {title}", models.winner, split))
    title = f"gain in {scores.words.added} of the proposed over the confounds"
    return title, ", ".join(cells), "0: the confounds say as much"


def _images_row(comparisons: pd.DataFrame, models: StudyModels, scores: Scores) -> list[Row]:
    """The proposed model against images alone; nothing where that model is not in the study."""
    alone = next((name for name in _IMAGES_ALONE if name in set(comparisons["other"])), "")
    own, cells = comparisons[comparisons["other"] == alone], []
    for split, title in _UNSEEN.items():
        for _, row in own[own["split"] == split].iterrows():
            difference = with_interval(
                row["difference"], row["low"], row["high"], scores.words.difference, scores.words.factor
            )
            nothing = scores.few(models.winner, split)
            cell = f"{nothing} {title}" if nothing else f"{difference} {title} (p {small(row['permutation_p_holm'])})"
            cells.append(scores.marked(cell, models.winner, split))
    note = f"{scores.words.unit}; swap test, Holm over Table 1"
    return [(f"proposed minus {models.labels[alone]}", ", ".join(cells), note)] if cells else []


def _term(terms: pd.DataFrame, contributions: pd.DataFrame) -> str:
    if called_features(contributions, GENETICS).empty:
        return "not looked for: no SNP is called"
    own = terms[(terms["component"] == ALL_COMPONENTS) & terms["primary"].astype(bool)]
    if own.empty:
        return "none: no term has a gene of a called SNP"
    known = own.dropna(subset=["p_family"]).sort_values(["p_family", "p"], kind="stable")
    if known.empty:
        return "not judged: no draws of the null"
    first = known.iloc[0]
    if first["p_family"] > _LEVEL:
        return f"none beyond the null (smallest family-wise p {small(first['p_family'])} of {first['draws']} draws)"
    return f"{first['term']} (family-wise p {small(first['p_family'])} of {first['draws']} draws)"


def _short(value: float) -> str:
    return f"{value:.2f}".replace(".00", "")
