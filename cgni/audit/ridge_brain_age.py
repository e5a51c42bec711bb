"""Brain age by a ridge regression on the features of a table, in the place of the brain-age network."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.audit.schemas import BRAIN_AGE
from cgni.base.errors import InputError
from cgni.cohort.roles import holdout_people
from cgni.cohort.settings import PeopleSettings
from cgni.fold_data.tables import StudyTables
from cgni.networks.scaling import Scaling
from cgni.pretraining.people import fold_groups, known_values, lineage_table

_PENALTIES = np.logspace(-2, 5, 29)  # of standardised features; the best by leave-one-out among the people of the fit
_FEWEST = 3  # people of a fit


@dataclass(frozen=True, eq=False)
class RidgeAge:
    """Years = mean + standardised features @ slope.

    Attributes
    ----------
    scaling, slope, mean : of the people of the fit.
    penalty : the one chosen among them.
    """

    scaling: Scaling
    slope: np.ndarray
    mean: float
    penalty: float

    @classmethod
    def fit(cls, features: np.ndarray, ages: np.ndarray) -> "RidgeAge":
        """From features [people, columns] and ages (years) of a fold's fit people.

        The penalty has the smallest squared error of leave-one-out, by its closed form (Golub, Heath & Wahba 1979):
        residuals over one minus the leverage, the intercept's share included.
        """
        scaling = Scaling.fit(features)
        x, mean = scaling.apply(np.asarray(features, np.float64)), float(ages.mean())
        u, d, vt = np.linalg.svd(x, full_matrices=False)
        rotated, best = u.T @ (ages - mean), (np.inf, 0.0)
        for penalty in _PENALTIES:
            shrunk = d**2 / (d**2 + penalty)
            left = (ages - mean) - u @ (shrunk * rotated)
            leverage = u**2 @ shrunk + 1 / len(ages)
            best = min(best, (float(np.mean((left / np.maximum(1 - leverage, 1e-9)) ** 2)), float(penalty)))
        return cls(scaling, vt.T @ (d / (d**2 + best[1]) * rotated), mean, best[1])

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Years, float64 [people]."""
        predicted: np.ndarray = self.mean + self.scaling.apply(np.asarray(features, np.float64)) @ self.slope
        return predicted


def ridge_brain_age(tables: StudyTables, people: PeopleSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Errors of every fold's regression of age, and who was used (`schemas.BRAIN_AGE`, `FOLD_LINEAGE`).

    Each fold is fitted on its own fit people with features and a known age, and scored on its parts and the holdout;
    nothing is chosen by a score.

    Raises
    ------
    InputError
        Fewer than three people to fit on.
    """
    fit_on = "everybody" if people.pretrain_on == "everybody" else people.fit_on
    rows, used = [], []
    for fold in tables.folds():
        features = tables.features_of(fold)
        ages = known_values(tables.participants, "age", features.index)
        groups = fold_groups(tables.splits, fold, fit_on, ages)
        if len(groups["fit"]) < _FEWEST:
            raise InputError(f"brain age: {len(groups['fit'])} people of fold {fold} have imaging features and an age")
        fitted = RidgeAge.fit(features.loc[groups["fit"].index].to_numpy(), groups["fit"].to_numpy(np.float64))
        scored = {**groups, "holdout": ages[ages.index.isin(holdout_people(tables.splits))]}
        rows += [(fold, *_scores(split, own, fitted, features)) for split, own in scored.items()]
        used.append(lineage_table(groups).query("use == 'fit'").assign(fold=fold))
    return pd.DataFrame(rows, columns=BRAIN_AGE.names), pd.concat(used, ignore_index=True)


def _scores(
    split: str, ages: pd.Series, fitted: RidgeAge, features: pd.DataFrame
) -> tuple[str, int, float, float, float]:
    """Split, people, mean absolute error, that of the fit people's mean age, r."""
    if ages.empty:
        return split, 0, np.nan, np.nan, np.nan
    true, predicted = ages.to_numpy(np.float64), fitted.predict(features.loc[ages.index].to_numpy())
    errors = [float(np.abs(true - own).mean()) for own in (predicted, fitted.mean)]
    varies = len(true) > 1 and true.std() > 0 and predicted.std() > 0
    r = float(np.corrcoef(true, predicted)[0, 1]) if varies else np.nan
    return split, len(true), errors[0], errors[1], r
