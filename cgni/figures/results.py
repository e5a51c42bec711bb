"""Figures of classification and interpretation."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cgni.base.views import GENETICS
from cgni.classification.schemas import POOLED
from cgni.contributions.called import consensus
from cgni.figures.cells import Scores, few
from cgni.figures.style import NEUTRAL

_PARTS = {"holdout": "Holdout", "validation": "Out-of-fold people (validation)"}  # the holdout leads
_CONFOUNDS = "confounds"  # the model that every score is held against


def performance(
    scores: pd.DataFrame, models: Sequence[str], labels: Mapping[str, str], palette: Sequence[str]
) -> Figure:
    """Main score of every model: folds as dots, pooled people with 95 % intervals, hollow where selected.

    Of too few people (`cells.few`) nothing is drawn.

    Parameters
    ----------
    scores
        `classification.schemas.PERFORMANCE`.
    models
        Names from top to bottom.
    labels
        Model name to what readers see.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 0.42 * len(models) + 1.6), sharey=True)
    rows = {model: len(models) - position for position, model in enumerate(models)}
    sizes = Scores(scores)
    words = sizes.words
    own = scores[scores["metric"] == words.main]
    lowest = own["value"].min() - 0.02
    limits = (min(0.3, lowest), 1.0) if words.grouped else (max(-1.0, min(-0.05, lowest)), own["value"].max() + 0.05)
    for axis, (split, title) in zip(axes, _PARTS.items(), strict=True):
        part = own[own["split"] == split]
        for model, row in rows.items():
            if nothing := sizes.few(model, split):
                axis.text(0.5, row, nothing, ha="center", va="center", fontsize=8, color="gray")
                continue
            mine = part[part["model"] == model]
            folds, pooled = mine[mine["fold"] >= 0], mine[mine["fold"] == POOLED]
            folds = folds[:0] if sizes.few_a_fold(model, split) else folds
            axis.plot(folds["value"], [row] * len(folds), "o", color=palette[0], alpha=0.45, markersize=5)
            value, low, high, selected = pooled[["value", "low", "high", "selected"]].iloc[0]
            fill = {"markerfacecolor": "white"} if selected else {}
            bounds = [[value - low], [high - value]]
            axis.errorbar(value, row, xerr=bounds, fmt="D", color=palette[1], capsize=3, markersize=6, **fill)
        baseline = part[(part["model"] == _CONFOUNDS) & (part["fold"] == POOLED)]["value"].iloc[0]
        axis.axvline(words.chance, color="gray", linestyle=":", linewidth=1)
        if not sizes.few(_CONFOUNDS, split):
            axis.axvline(baseline, color=palette[3], linestyle="--", linewidth=1)
        axis.set(title=title, xlabel=words.name, xlim=limits)
    axes[0].set_yticks(list(rows.values()), [labels[model] for model in rows])
    handles = [
        Line2D([], [], marker="o", linestyle="", color=palette[0], alpha=0.45),
        Line2D([], [], marker="D", linestyle="-", color=palette[1]),
        Line2D([], [], marker="D", linestyle="-", color=palette[1], markerfacecolor="white"),
        Line2D([], [], linestyle=":", color="gray"),
        Line2D([], [], linestyle="--", color=palette[3]),
    ]
    names = ["fold", "pooled, 95 % interval", "the same, selected by this score", "chance", "confounds alone"]
    figure.legend(handles, names, loc="outside lower center", ncols=5, fontsize=8.5)
    return figure


def canonical_variates(variates: pd.DataFrame, names: Sequence[str], palette: Sequence[str]) -> Figure:
    """Imaging against genetic variate of validation people, first fold, one panel a component.

    `names` are those of the outcome's two groups.
    """
    components = sorted(variates["component"].unique())
    figure, axes = plt.subplots(1, len(components), figsize=(3.3 * len(components) + 0.6, 3.4), squeeze=False)
    own = variates[(variates["part"] == "validation") & (variates["fold"] == variates["fold"].min())]
    for axis, component in zip(axes[0], components, strict=True):
        part = own[own["component"] == component]
        for code, name, colour in ((0, names[0], palette[0]), (1, names[1], palette[1]), (None, "no group", "#b8bec6")):
            chosen = part["outcome_group"].isna() if code is None else part["outcome_group"] == code
            axis.scatter(
                part.loc[chosen, "genetics"], part.loc[chosen, "imaging"], s=12, color=colour, label=name, alpha=0.8
            )
        r = few(len(part)) or f"r = {part['genetics'].corr(part['imaging']):.2f}"
        axis.set(title=f"Component {component}, {r}", xlabel="Genetic variate", ylabel="Imaging variate")
    axes[0][0].legend(fontsize=8, title="Group", title_fontsize=8)
    return figure


def snp_contributions(
    contributions: pd.DataFrame, variants: pd.DataFrame, threshold: float, palette: Sequence[str]
) -> Figure:
    """z of every SNP's contribution (consensus) along the chromosomes, one panel a component.

    Parameters
    ----------
    contributions
        `contributions.schemas.CONTRIBUTIONS`.
    variants
        variant_id, chrom and pos of the tested SNPs.
    threshold
        |z| from which on the published rule calls a SNP.
    """
    places = variants[["variant_id", "chrom", "pos"]]
    table = consensus(contributions, GENETICS).merge(places, left_on="feature", right_on="variant_id")
    table = table.astype({"chrom": int}).sort_values(["chrom", "pos"])
    components = sorted(table["component"].unique())
    size = (9, 1.7 * len(components) + 0.6)
    figure, axes = plt.subplots(len(components), 1, figsize=size, sharex=True, squeeze=False)
    shades = {chrom: palette[(0, 5)[number % 2]] for number, chrom in enumerate(table["chrom"].unique())}
    order = {feature: index for index, feature in enumerate(table["feature"].drop_duplicates())}
    for axis, component in zip(axes[:, 0], components, strict=True):
        part = table[table["component"] == component]
        x = part["feature"].map(order)
        axis.scatter(x, part["z"], s=9, c=part["chrom"].map(shades))
        called = part[part["called"]]
        axis.scatter(called["feature"].map(order), called["z"], s=22, color=palette[1])
        for sign in (-1, 1):
            axis.axhline(sign * threshold, color="gray", linestyle="--", linewidth=0.8)
        axis.set(ylabel=f"z\ncomponent {component}")
    middles = (
        table.drop_duplicates("feature").groupby("chrom")["feature"].apply(lambda f: np.mean([order[v] for v in f]))
    )
    axes[-1, 0].set_xticks(middles.to_numpy(), [f"chr {chrom}" for chrom in middles.index])
    return figure


def recovery(table: pd.DataFrame, palette: Sequence[str]) -> Figure:
    """Recall and precision of the oracle, the pipeline and its claims (LD blocks) against the planted truth."""
    names = [f"{what} {score}" for what in ("SNP", "block", "region", "gene") for score in ("recall", "precision")]
    quantities = [name for name in names if name in set(table["quantity"])]
    places = {name: position for position, name in enumerate(quantities)}
    figure, axes = plt.subplots(figsize=(1.1 * len(quantities) + 1, 3.2))
    for who, offset, colour in (
        ("oracle", -0.19, palette[2]),
        ("pipeline", 0.19, palette[0]),
        ("claims", 0, palette[1]),
    ):
        own = table[(table["who"] == who) & table["quantity"].isin(quantities)]
        if len(own):
            x = own["quantity"].map(places) + offset
            bars = axes.bar(x, own["value"].fillna(0), width=0.36, color=colour, label=who)
            axes.bar_label(bars, ["" if np.isnan(v) else f"{v:.2f}" for v in own["value"]], fontsize=8, padding=2)
    axes.set_xticks(range(len(quantities)), quantities, rotation=20, ha="right")
    axes.set(ylim=(0, 1.15), ylabel="Share")
    axes.legend(fontsize=9, loc="upper right", ncols=3)
    axes.axhline(0, color=NEUTRAL, linewidth=0.8)
    return figure
