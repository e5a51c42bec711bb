"""Slopes with intervals in people whom no model has seen: partial on confounds, robust to families."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.stats import false_discovery_control
from scipy.stats import t as student

from cgni.base.views import VIEWS
from cgni.cohort.confounds import all_confounds, centred, residualise

OUT_OF_FOLD, HOLDOUT = "out_of_fold", "holdout"
_CHUNK = 256  # features whose products with everybody are in memory at once
_NONE = 1e-10  # a sum of squares or a leverage this near to nothing counts as nothing


@dataclass(frozen=True, eq=False)
class Slopes:
    """Standardised slopes of one target on each of several features.

    Attributes
    ----------
    estimate : partial correlations: SD of the target a SD of the feature, both without what confounds explain.
    se : robust to families; low, high : 95 % interval; p : two-sided. NaN where a feature or the target is constant,
        or where there are too few families.
    """

    estimate: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray


@dataclass(frozen=True, eq=False)
class Adjustment:
    """What estimates are partial on, and who is related.

    Attributes
    ----------
    design : float64 [people, columns], confounds without an intercept.
    families : int [people], numbers of families.
    """

    design: np.ndarray
    families: np.ndarray

    @classmethod
    def of(cls, participants: pd.DataFrame, ids: pd.Index, components: int) -> "Adjustment":
        """All confounds (`cohort.confounds.all_confounds`) and families of `ids`; nobody: no columns."""
        families = participants.set_index("participant_id").loc[ids, "family"]
        design = all_confounds(participants, ids, components) if len(ids) else np.empty((0, 0))
        return cls(design, pd.factorize(families)[0])

    def of_rows(self, rows: np.ndarray) -> "Adjustment":
        """Of some of the people."""
        return Adjustment(self.design[rows], self.families[rows])

    def beside(self, columns: np.ndarray) -> "Adjustment":
        """Partial on further `columns` [people, columns] as well."""
        return replace(self, design=np.column_stack([self.design, columns]))

    def standardised(self, values: np.ndarray) -> np.ndarray:
        """Residuals [people, columns] with mean square 1; 0 where confounds explain everything."""
        wide = np.asarray(values, np.float64).reshape(len(values), -1)
        wide = wide - wide.mean(axis=0)
        left = residualise(wide, self.design)
        variance, total = (left**2).mean(axis=0), (wide**2).mean(axis=0)
        kept = variance > _NONE * np.maximum(total, _NONE)
        scaled: np.ndarray = np.where(kept, left / np.sqrt(np.where(kept, variance, 1.0)), 0.0)
        return scaled

    def leverage(self) -> tuple[np.ndarray, int]:
        """Leverage [people] of the intercept and confounds, and their rank."""
        around = centred(self.design)
        scale = np.sqrt((around**2).sum(axis=0))
        basis, size, _ = np.linalg.svd(np.divide(around, scale, out=around, where=scale > 0), full_matrices=False)
        rank = int((size > 1e-9 * max(size.max(initial=0), 1.0)).sum())
        return 1 / len(around) + (basis[:, :rank] ** 2).sum(axis=1), rank + 1

    def family_sums(self, values: np.ndarray) -> np.ndarray:
        """Sums [families, columns] of [people, columns]."""
        shape = (int(self.families.max(initial=-1)) + 1, len(self.families))
        members = csr_array((np.ones(shape[1]), (self.families, np.arange(shape[1]))), shape=shape)
        return np.asarray(members @ values)


def slopes(features: np.ndarray, target: np.ndarray, adjustment: Adjustment) -> Slopes:
    """The target's standardised slope on each feature, one feature at a time beside the confounds.

    The sandwich sums scores within families. Each residual is divided by one minus its leverage
    (HC3; MacKinnon & White 1985), because the few carriers of a rare allele have a lot of it. The
    reference is Student's t with as many degrees of freedom as families exceed coefficients.

    Parameters
    ----------
    features
        float [people, features], none missing.
    target
        float [people], none missing.
    """
    freedom = _families(adjustment) - adjustment.leverage()[1] - 1
    if freedom < 1:
        return Slopes(*(np.full(np.shape(features)[1], np.nan) for _ in range(5)))
    y, found = adjustment.standardised(target), []
    for start in range(0, features.shape[1], _CHUNK):
        x = adjustment.standardised(features[:, start : start + _CHUNK])
        found.append(_chunk_slopes(x, y, adjustment))
    estimate, se = (np.concatenate(part) for part in zip(*found, strict=True)) if found else (np.empty(0),) * 2
    return with_interval(estimate, se, freedom)


def with_interval(estimate: np.ndarray, se: np.ndarray, freedom: int) -> Slopes:
    """Estimates and standard errors with 95 % intervals and two-sided p of Student's t."""
    half = student.ppf(0.975, freedom) * se
    t = np.divide(estimate, se, out=np.full(len(se), np.nan), where=se > 0)
    return Slopes(estimate, se, estimate - half, estimate + half, 2 * student.sf(np.abs(t), freedom))


def mean_slope(features: np.ndarray, targets: np.ndarray, adjustment: Adjustment) -> Slopes:
    """Mean of the partial correlations over all pairs of a feature and a target, as one estimate.

    The interval comes from the sum over pairs of each person's influence, families together, so
    that pairs need not be independent.

    Parameters
    ----------
    features, targets
        float [people, features] and [people, targets], none missing.
    """
    leverage, rank = adjustment.leverage()
    freedom = _families(adjustment) - rank - 1
    x, y = adjustment.standardised(features), adjustment.standardised(targets)
    kept_x, kept_y = x.any(axis=0), y.any(axis=0)
    if freedom < 1 or not kept_x.any() or not kept_y.any():
        return Slopes(*(np.full(1, np.nan) for _ in range(5)))
    x, y = x[:, kept_x], y[:, kept_y]
    r = x.T @ y / len(x)
    # a pair's influence on its slope is x (y - r x)
    influence = x.mean(axis=1) * y.mean(axis=1) - (x**2 @ r.mean(axis=1)) / x.shape[1]
    influence = influence / np.maximum(1 - leverage, _NONE)
    sums = adjustment.family_sums(influence[:, None])
    return with_interval(np.array([r.mean()]), np.sqrt((sums**2).sum(axis=0)) / len(x), freedom)


def false_discovery_rates(p: pd.Series) -> pd.Series:
    """q of Benjamini and Hochberg; a p that is missing stays so and does not count."""
    known, q = p.notna(), p.copy()
    q[known] = false_discovery_control(p[known]) if known.any() else np.nan
    return q


def out_of_fold_variates(variates: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Each component's variates in development people, by the one fold that has not seen them.

    Parameters
    ----------
    variates
        `scca.schemas.VARIATES`.

    Returns
    -------
    Component to float64 columns imaging and genetics, indexed by participant id; standardised within each fold,
    because variates of different folds have different scales.
    """
    return _by_component(_standardised(variates[variates["part"] == "validation"]))


def holdout_variates(variates: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Each component's variates in holdout people, the mean over folds after standardising within each."""
    own = _standardised(variates[variates["part"] == "holdout"])
    return _by_component(own.groupby(["component", "participant_id"], as_index=False)[list(VIEWS)].mean())


def unseen_variates(variates: pd.DataFrame) -> Mapping[str, dict[int, pd.DataFrame]]:
    """`out_of_fold_variates` and `holdout_variates` by the name of the people."""
    return {OUT_OF_FOLD: out_of_fold_variates(variates), HOLDOUT: holdout_variates(variates)}


def _chunk_slopes(x: np.ndarray, y: np.ndarray, adjustment: Adjustment) -> tuple[np.ndarray, np.ndarray]:
    square, leverage = (x**2).sum(axis=0), adjustment.leverage()[0]
    usable = (square > 0) & bool(y.any())
    square = np.where(usable, square, 1.0)
    estimate = (x.T @ y)[:, 0] / square
    left = 1 - leverage[:, None] - x**2 / square
    scores = np.divide(x * (y - x * estimate), left, out=np.zeros_like(x), where=left > 1e-6)
    se = np.sqrt((adjustment.family_sums(scores) ** 2).sum(axis=0)) / square
    return np.where(usable, estimate, np.nan), np.where(usable, se, np.nan)


def _families(adjustment: Adjustment) -> int:
    return len(np.unique(adjustment.families))


def _standardised(variates: pd.DataFrame) -> pd.DataFrame:
    table, groups = variates.copy(), variates.groupby(["fold", "component"])
    for view in VIEWS:
        spread = groups[view].transform(lambda values: values.std(ddof=0))
        table[view] = ((table[view] - groups[view].transform("mean")) / spread.where(spread > 0)).fillna(0.0)
    return table


def _by_component(table: pd.DataFrame) -> dict[int, pd.DataFrame]:
    return {
        int(number): own.set_index("participant_id")[list(VIEWS)].sort_index()
        for number, own in table.groupby("component")
    }
