"""The consensus over folds in a table of contributions, and what the rule in force calls in it."""

import pandas as pd

CONSENSUS = -1  # number of the fold that stands for all of them
SUBSPACE = 0  # number of the component that stands for all significant ones together


def consensus(contributions: pd.DataFrame, view: str) -> pd.DataFrame:
    """The rows (`contributions.schemas.CONTRIBUTIONS`) of a view's features over all folds, one a component.

    The significant subspace as a whole is not among them: `subspace` gives it.
    """
    own = (contributions["view"] == view) & (contributions["fold"] == CONSENSUS)
    return contributions[own & (contributions["component"] != SUBSPACE)]


def called_features(contributions: pd.DataFrame, view: str) -> pd.DataFrame:
    """Consensus rows of a view that the rule in force calls in a component."""
    own = consensus(contributions, view)
    return own[own["called"]]


def subspace(contributions: pd.DataFrame, view: str) -> pd.DataFrame:
    """Consensus rows of a view's features in the significant subspace; none where no component is significant."""
    own = (contributions["view"] == view) & (contributions["fold"] == CONSENSUS)
    return contributions[own & (contributions["component"] == SUBSPACE)]
