"""Embeddings of unseen people in two dimensions, by outcome, age and sex."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from cgni.base.views import VIEWS
from cgni.figures.cells import few
from cgni.figures.people_points import PeopleLook, hexagons
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import printed

_SEX = ("women", "men")  # as sex is coded
_AGE, _MEN = "Age (years)", "Share of men"


@dataclass(frozen=True)
class UnseenEmbeddings:
    """Two principal components of a view's embeddings.

    Attributes
    ----------
    places : float64 [people, 2]; shares : of the fit people's variance, of each component.
    people : outcome, outcome_group, age, sex of the same people; no ids.
    """

    places: np.ndarray
    shares: np.ndarray
    people: pd.DataFrame


def unseen_embeddings(
    embeddings: pd.DataFrame, participants: pd.DataFrame, splits: pd.DataFrame
) -> dict[str, UnseenEmbeddings]:
    """Each view's embeddings of the validation people of the first fold, on axes fitted to that fold's training people.

    Parameters
    ----------
    embeddings
        fold, participant_id, imaging_0 ..., genetics_0 ... of the encoders.
    participants, splits
        `cohort.schemas`.
    """
    fold = embeddings["fold"].min()
    own = embeddings[embeddings["fold"] == fold].merge(splits[["participant_id", "role", "fold"]], on="participant_id")
    development = own["role"] == "development"
    training, unseen = own[development & (own["fold_y"] != fold)], own[development & (own["fold_y"] == fold)]
    people = unseen[["participant_id"]].merge(participants, on="participant_id", how="left")
    found = {}
    for view in VIEWS:
        names = [name for name in embeddings.columns if name.startswith(f"{view}_")]
        centre = training[names].to_numpy(float).mean(0)
        _, scale, axes = np.linalg.svd(training[names].to_numpy(float) - centre, full_matrices=False)
        axes = axes[:2] * np.sign(axes[:2, np.abs(axes[:2]).argmax(1)].diagonal())[:, None]  # one sign of two
        places = (unseen[names].to_numpy(float) - centre) @ axes.T
        known = people[["outcome", "outcome_group", "age", "sex"]]
        found[view] = UnseenEmbeddings(places, (scale**2 / (scale**2).sum())[:2], known)
    return found


def embedding_maps(found: dict[str, UnseenEmbeddings], look: PeopleLook) -> Figure:
    """One row a view: by outcome (group, or value), by age, by sex; means of hexagons where people are real."""
    figure, grid = plt.subplots(len(found), 3, figsize=printed(TWO_COLUMNS, 62 * len(found) + 4), squeeze=False)
    for row, (view, own) in zip(grid, found.items(), strict=True):
        x, y = (pd.Series(own.places[:, place]) for place in (0, 1))
        people = own.people
        outcome = people["outcome_group"] if look.names else people["outcome"]
        title = f"Share of the {look.names[1]} group" if look.names else "Outcome"
        shown = {title: outcome, _AGE: people["age"], _MEN: people["sex"]}
        for axes, (name, values) in zip(row, shown.items(), strict=True):
            axes.set(xlabel=f"PC 1 ({own.shares[0]:.0%})", ylabel=f"PC 2 ({own.shares[1]:.0%})")
            known = values.notna()
            axes.set_title(f"{view.capitalize()}, n = {int(known.sum()):,}")
            if nothing := few(int(known.sum())):
                axes.text(0.5, 0.5, f"too few people ({nothing})", ha="center", transform=axes.transAxes)
                continue
            groups = _SEX if name == _MEN else look.names if name != _AGE else ()
            if look.as_points and groups:
                _groups(axes, (x[known], y[known]), values[known], groups, look)
                continue
            figure.colorbar(_points(axes, x[known], y[known], values[known], look), ax=axes, label=name, shrink=0.8)
    return figure


def _points(axes: Axes, x: pd.Series, y: pd.Series, values: pd.Series, look: PeopleLook) -> Any:
    """People coloured by a number of theirs."""
    if not look.as_points:
        return hexagons(axes, x, y, values, look.palette)
    colours = LinearSegmentedColormap.from_list("value", [look.palette[0], "#dfe4ea", look.palette[1]])
    return axes.scatter(x, y, c=values.astype(float), s=6, cmap=colours, linewidths=0)


def _groups(
    axes: Axes, places: tuple[pd.Series, pd.Series], values: pd.Series, names: Sequence[str], look: PeopleLook
) -> None:
    """People as marks of their group."""
    own = PeopleLook(names, look.palette, as_points=True)
    own.draw(axes, *places, values)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, columnspacing=0.8, handletextpad=0.2)
