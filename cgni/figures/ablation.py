"""Loss subsets: which terms are in, and what the proposed model scores on each."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgni.classification.schemas import POOLED
from cgni.contrastive.terms import TERMS
from cgni.figures.cells import Scores
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.results import SCORE_NAMES, pooled_score, reference_lines, score_handles, score_limits
from cgni.figures.study_models import StudyModels
from cgni.figures.style import SMALLEST_PT, printed

_PARTS = {"holdout": "Holdout (descriptive)", "validation": "Out of fold (chosen by these)"}
_IN, _ABSENT = "#1f2733", "#dfe4ea"


def ablation(performance: pd.DataFrame, models: StudyModels, palette: Sequence[str]) -> Figure:
    """Main score of the proposed model on every loss subset with its 95 % interval, beside the terms that are in.

    Parameters
    ----------
    performance
        `classification.schemas.PERFORMANCE`.
    """
    scores = Scores(performance)
    rows = {name: -number for number, name in enumerate(models.encoders)}
    size = printed(TWO_COLUMNS, 5.5 * len(rows) + 34)
    figure, (terms, *panels) = plt.subplots(1, 3, figsize=size, sharey=True, width_ratios=(0.55, 1, 1))
    _membership(terms, models, rows)
    own = performance[(performance["metric"] == scores.words.main) & (performance["fold"] == POOLED)]
    own = own[own["model"].isin(models.proposed.values())]
    for axes, (split, title) in zip(panels, _PARTS.items(), strict=True):
        for name, row in rows.items():
            model = models.proposed[name]
            if nothing := scores.few(model, split):
                where = axes.get_yaxis_transform()
                axes.text(0.5, row, nothing, transform=where, ha="center", va="center", fontsize=SMALLEST_PT)
                continue
            found = own[(own["model"] == model) & (own["split"] == split)].iloc[0]
            pooled_score(axes, row, found, palette[1])
        reference_lines(axes, scores, split, palette)
        people = scores.people(models.winner, split)
        axes.set(title=f"{title}\nn = {people:,}", xlabel=scores.words.name, xlim=score_limits(own, scores))
    figure.legend(score_handles(palette), SCORE_NAMES, loc="outside lower center", ncols=4)
    return figure


def _membership(axes: Axes, models: StudyModels, rows: dict[str, int]) -> None:
    """A filled dot where a loss term is in the subset."""
    for name, row in rows.items():
        for place, term in enumerate(TERMS):
            colour = _IN if term.number in models.encoders[name] else _ABSENT
            axes.plot(place, row, "o", color=colour, markersize=5)
    chosen = rows.get(models.chosen)
    if chosen is not None:
        axes.axhspan(chosen - 0.4, chosen + 0.4, color="#eef3fa", zorder=0)
    axes.set_xticks(range(len(TERMS)), [f"({term.number})" for term in TERMS])
    labels = {name: "chosen" if name == models.chosen else "" for name in rows}
    axes.set_yticks(list(rows.values()), list(labels.values()))
    axes.set(title="Loss terms", xlim=(-0.6, len(TERMS) - 0.4), ylim=(-len(rows) + 0.4, 0.6))
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0)
