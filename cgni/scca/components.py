"""The table of components: one correlation and one p for the whole study, and how far folds agree."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.linalg import subspace_angles

from cgni.base.seeds import derive_seed
from cgni.base.views import VIEWS
from cgni.scca.correlations import variate_correlations
from cgni.scca.fold import FoldScca
from cgni.scca.inference import HoldoutVariates, PairingTest
from cgni.scca.settings import SccaSettings

# Of gemmr 0.4 (cca_sample_size, the combined criterion: 90 % power, 10 % error of correlation, weights, scores and
# loadings): log people = a - b log r + c log features.
_PEOPLE_NEEDED = (0.8414129455362538, 2.3143286608249807, 1.0300863216985792)


def component_table(
    folds: Sequence[FoldScca], correlations: pd.DataFrame, test: PairingTest, settings: SccaSettings, seed: int
) -> pd.DataFrame:
    """One row a component with its holdout test (`schemas.COMPONENTS`).

    Parameters
    ----------
    folds
        The aligned and oriented models of all folds.
    correlations
        Their table (`schemas.CORRELATIONS`), for the mean of the folds' partial correlations out of fold.
    test
        How the pairing of the holdout's people is tested.
    settings
        `fit_on` says how many people a fold's sparse CCA was fitted on.
    """
    holdout = HoldoutVariates.of(folds)
    partial_r, p = test.run(holdout.ids, holdout.family, holdout.views, derive_seed(seed, "holdout"))
    numbers = np.arange(1, len(p) + 1)
    fitted = np.mean([fold.people.fitted_rows(settings.fit_on).sum() for fold in folds])
    nodes = sum(folds[0].people.views[view].shape[1] for view in VIEWS)
    return pd.DataFrame(
        {
            "component": numbers,
            "r": variate_correlations(*(holdout.views[view] for view in VIEWS)),
            "partial_r": partial_r,
            "n": len(holdout.ids),
            "p": p,
            "r_out_of_fold": correlations.groupby("component")["partial_r"].mean().reindex(numbers).to_numpy(),
            "n_needed": people_needed(partial_r, nodes),
            "n_fit": round(float(fitted)),
            "folds": [sum(number in fold.fit.numbers for fold in folds) for number in numbers],
            "converged": [
                all(fold.fit.converged[fold.fit.numbers == number].all() for fold in folds) for number in numbers
            ],
            **fold_agreement(folds, len(p)),
        }
    )


def people_needed(r: np.ndarray, features: int) -> np.ndarray:
    """How many people a CCA asks for at true correlations `r` and so many features of both views together.

    The linear model that Helmer et al. 2024 (Communications Biology 7:217) fitted to simulations of
    plain CCA: fewer people and power falls below 90 %, or the correlation, weights, scores or
    loadings err by more than 10 %. At r = .3 it asks for some 40 people a feature (the "about 50" of
    the paper), at .1 for some 500. Here all latent nodes of both views count as features. Penalties
    lower the need where the truth is sparse, so the number is a yardstick, no verdict.

    Returns
    -------
    float64 of the shape of `r`; NaN where it is not above 0.
    """
    intercept, per_r, per_feature = _PEOPLE_NEEDED
    positive = r > 0
    known = np.where(positive, r, 1.0)
    needed = np.exp(intercept - per_r * np.log(known) + per_feature * np.log(features))
    return np.where(positive, np.ceil(needed), np.nan)


def fold_agreement(folds: Sequence[FoldScca], components: int) -> dict[str, np.ndarray]:
    """How far pairs of folds agree on development people whom the encoders of both have not seen.

    Returns
    -------
    angle_imaging, angle_genetics : degrees, float64 [components]: the largest principal angle between
        two folds' subspaces of variates 1 to the component's own, mean over pairs of folds that have
        the component. 0: the same subspace; 90: a direction that the other fold does not have.
    agreement_imaging, agreement_genetics : correlation of a component's variates, mean over the same pairs.
    NaN where no two folds have the component, or share too few people.
    """
    pairs = [_pair_agreement(first, second, components) for first, second in itertools.combinations(folds, 2)]
    names = [f"{name}_{view}" for name in ("angle", "agreement") for view in VIEWS]
    values = np.stack([[pair[name] for name in names] for pair in pairs]) if pairs else np.empty((0, len(names), 0))
    known = ~np.isnan(values)
    total = np.where(known, values, 0).sum(axis=0)
    mean = np.divide(total, known.sum(axis=0), out=np.full_like(total, np.nan), where=known.any(axis=0))
    return dict(zip(names, mean, strict=True))


def _pair_agreement(first: FoldScca, second: FoldScca, components: int) -> dict[str, np.ndarray]:
    found = {f"{name}_{view}": np.full(components, np.nan) for view in VIEWS for name in ("angle", "agreement")}
    ids = first.people.ids[first.people.unseen()].intersection(second.people.ids[second.people.unseen()])
    if len(ids) < components + 2:
        return found
    own, other = ((fold.fit.numbers, _variates(fold, ids)) for fold in (first, second))
    for view, number in itertools.product(VIEWS, np.intersect1d(own[0], other[0])):
        a, b = (values[view][:, numbers <= number] for numbers, values in (own, other))
        found[f"angle_{view}"][number - 1] = np.degrees(subspace_angles(a - a.mean(axis=0), b - b.mean(axis=0)).max())
        found[f"agreement_{view}"][number - 1] = variate_correlations(a[:, -1:], b[:, -1:])[0]
    return found


def _variates(fold: FoldScca, ids: pd.Index) -> dict[str, np.ndarray]:
    rows = fold.people.ids.get_indexer(ids)
    return {view: values[rows] for view, values in fold.variates().items()}
