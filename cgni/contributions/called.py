"""The consensus over folds in a table of contributions, and what the rule in force calls in it."""

import pandas as pd

CONSENSUS = -1  # number of the fold that stands for all of them


def consensus(contributions: pd.DataFrame, view: str) -> pd.DataFrame:
    """The rows (`contributions.schemas.CONTRIBUTIONS`) of a view's features over all folds, one a component."""
    return contributions[(contributions["view"] == view) & (contributions["fold"] == CONSENSUS)]


def called_features(contributions: pd.DataFrame, view: str) -> pd.DataFrame:
    """Consensus rows of a view that the rule in force calls."""
    own = consensus(contributions, view)
    return own[own["called"]]
