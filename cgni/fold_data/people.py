"""The people of a fold with their two views and labels, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.views import GENETICS, IMAGING
from cgni.cohort.change import fold_targets
from cgni.cohort.confounds import ConfoundModel, ConfoundRemoval
from cgni.cohort.outcome import is_continuous
from cgni.cohort.roles import fold_people
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.genetics.matrix import load_genotypes

UNLABELLED = -1
_WATCHING = 4  # heads fitted on monitor people leave every fourth family to watch


@dataclass(frozen=True)
class FoldData:
    """People with both modalities, sorted by id.

    Attributes
    ----------
    ids : participant ids.
    part : fit, monitor, validation or holdout.
    labels : 0 low, 1 high, -1 neither; of a continuous outcome in which half of the cohort its value lies, -1 unknown.
    views : float32 [people, columns] of each view without what confounds explain of it, as `confounds.remove` says:
        features of the fold's imaging network; allele counts, missing ones filled with the fold's values.
    variants : ids of the SNPs.
    families : family of each person; None: nobody is related.
    raw_views : the views before confounds were removed; None: they were not.
    values : of a continuous outcome, float64 [people], NaN where unknown; None: the labels are what is learnt.
    """

    ids: pd.Index
    part: np.ndarray
    labels: np.ndarray
    views: Mapping[str, np.ndarray]
    variants: list[str]
    families: np.ndarray | None = None
    raw_views: Mapping[str, np.ndarray] | None = None
    values: np.ndarray | None = None

    @property
    def raw(self) -> Mapping[str, np.ndarray]:
        """The views as measured, as the classifiers of Table 1 take them."""
        return self.views if self.raw_views is None else self.raw_views

    def rows(self, *parts: str, labelled: bool = True) -> np.ndarray:
        """Row numbers of the people of `parts`, with a label unless told otherwise."""
        chosen = np.isin(self.part, parts)
        return np.flatnonzero(chosen & (self.labels != UNLABELLED) if labelled else chosen)


def assemble_fold(
    features: pd.DataFrame,
    genotypes: pd.DataFrame,
    fill: pd.DataFrame,
    participants: pd.DataFrame,
    splits: pd.DataFrame,
    fold: int,
    confounds: ConfoundSettings | None = None,
) -> FoldData:
    """Join the tables of one fold; every table must be that fold's own.

    Parameters
    ----------
    confounds
        What is taken out of both views, with coefficients of the fold's fit people (study C1); None: nothing.

    Raises
    ------
    InputError
        Somebody is there twice, in a table or as two people of different parts.
    """
    for name, table in (("features", features), ("genotypes", genotypes), ("participants", participants)):
        _refuse_repeated(name, table)
    ids = pd.Index(features["participant_id"]).intersection(pd.Index(genotypes["participant_id"])).sort_values()
    counts, variants = load_genotypes(genotypes, fill, ids)
    people = participants.set_index("participant_id").reindex(ids)
    part = fold_parts(splits, fold, ids)
    # copies: tensors share the memory of these arrays, and pandas' own are read-only
    raw = {IMAGING: np.array(features.set_index("participant_id").loc[ids], np.float32), GENETICS: counts}
    data = FoldData(
        ids=ids,
        part=part,
        labels=np.array(people["outcome_group"].fillna(UNLABELLED), np.int64),
        views=remove_confounds(raw, participants, ids, part == "fit", confounds),
        variants=variants,
        families=people["family"].to_numpy() if "family" in people else None,
        raw_views=raw,
        values=_values(participants, ids, part) if is_continuous(participants) else None,
    )
    _refuse_copies(data)
    return data


def _values(participants: pd.DataFrame, ids: pd.Index, part: np.ndarray) -> np.ndarray:
    """What the fold's models learn of `ids`, float64; the line of a residual change is that of its fit people."""
    targets = fold_targets(participants, ids[part == "fit"])
    return np.array(targets.reindex(ids), np.float64)


def fold_parts(splits: pd.DataFrame, fold: int, ids: pd.Index) -> np.ndarray:
    """The part (fit, monitor, validation, holdout) of each of `ids` in a fold."""
    people = fold_people(splits, fold)
    part = pd.Series("", index=ids, dtype=object)
    for name in ("fit", "monitor", "validation", "holdout"):
        part[ids.isin(getattr(people, name))] = name
    return np.asarray(part.to_numpy())


def remove_confounds(
    views: Mapping[str, np.ndarray],
    participants: pd.DataFrame,
    ids: pd.Index,
    fit: np.ndarray,
    settings: ConfoundSettings | None,
) -> dict[str, np.ndarray]:
    """Views float32 [people, columns] without what confounds explain of them, by least squares.

    Parameters
    ----------
    fit
        bool [people]: those from whom coefficients, means and site levels come.
    settings
        None, or with `remove: none`: the views as they are.
    """
    if settings is None or settings.remove == "none":
        return dict(views)
    design = ConfoundModel.fit(participants, ids[fit], settings).design(participants, ids)
    removals = {view: ConfoundRemoval.fit(values[fit], design[fit]) for view, values in views.items()}
    return {view: (values - removals[view].explained(design)).astype(np.float32) for view, values in views.items()}


def encoder_rows(data: FoldData, people: PeopleSettings, needs_labels: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """Rows of the people whom encoders are fitted on, and of those who watch the fit (None: nobody).

    Under `encoders_on: everybody` people without an outcome learn too (study C6), unless all terms need one.

    Parameters
    ----------
    needs_labels
        Whether all loss terms look at labels.
    """
    labelled = needs_labels or people.encoders_on == "labelled"
    taught = np.flatnonzero(taught_encoders(data.part, data.labels, people, needs_labels))
    return taught, None if people.fit_on == "training" else data.rows("monitor", labelled=labelled)


def taught_encoders(
    part: np.ndarray, labels: np.ndarray, people: PeopleSettings, needs_labels: bool = False
) -> np.ndarray:
    """From whom a fold's encoders learn, bool [people]; see `encoder_rows`."""
    learns = np.isin(part, ["fit", "monitor"] if people.fit_on == "training" else ["fit"])
    chosen: np.ndarray = learns & ((labels != UNLABELLED) | (people.encoders_on == "everybody" and not needs_labels))
    return chosen


def monitor_unseen(people: PeopleSettings) -> bool:
    """Whether the monitor people only watched: neither networks nor heads were fitted on them."""
    return people.fit_on == people.heads_on == "fit"


def fit_rows(data: FoldData, fit_on: str) -> np.ndarray:
    """Rows of labelled people whom classifiers are fitted on: `fit`, or `training` (monitor people too)."""
    return data.rows(*(("fit", "monitor") if fit_on == "training" else ("fit",)))


def watch_rows(data: FoldData, fit_on: str) -> np.ndarray | None:
    """Rows of labelled people who watch a classifier's fit, or None when they are themselves fitted on."""
    return data.rows("monitor") if fit_on == "fit" else None


def head_rows(data: FoldData, heads_on: str, seed: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Rows of labelled people whom a classifier is fitted on, and of those who watch it (study B21).

    Parameters
    ----------
    heads_on
        `fit`: the people whom the encoders were fitted on, watched by the monitor people.
        `monitor`: three quarters of the monitor families, watched by the rest.
        `both`: fit people and three quarters of the monitor families, watched by the rest.
        `training`: everybody, nobody watches.
    seed
        Decides which families watch.
    """
    if heads_on in ("fit", "training"):
        return fit_rows(data, heads_on), watch_rows(data, heads_on)
    monitor = data.rows("monitor")
    watching = _every_fourth_family(data, monitor, seed)
    learning = monitor[~np.isin(monitor, watching)]
    return (np.sort(np.r_[data.rows("fit"), learning]) if heads_on == "both" else learning), watching


def _every_fourth_family(data: FoldData, rows: np.ndarray, seed: int) -> np.ndarray:
    """A quarter of the families of `rows`, those with and without somebody of the high group alike."""
    families = rows if data.families is None else data.families[rows]
    names, codes = np.unique(families.astype(str), return_inverse=True)
    high = np.bincount(codes, weights=data.labels[rows] == 1, minlength=len(names)) > 0
    order = np.random.default_rng(seed).permutation(len(names))
    chosen = [order[high[order] == kind][::_WATCHING] for kind in (False, True)]
    return rows[np.isin(codes, np.concatenate(chosen))]


def _refuse_repeated(name: str, table: pd.DataFrame) -> None:
    repeated = int(table["participant_id"].duplicated().sum())
    if repeated:
        raise InputError(f"{name} table: {repeated} rows repeat a participant; each person may be there once")


def _refuse_copies(data: FoldData) -> None:
    """InputError when two ids of different parts are one person: the same alleles and the same image features."""
    groups = pd.Series(pd.util.hash_array(np.array([row.tobytes() for row in data.raw[GENETICS]], dtype=object)))
    twins = groups[groups.duplicated(keep=False)]
    imaging, copies = data.raw[IMAGING], 0
    for _, rows in twins.groupby(twins).groups.items():
        members = np.asarray(rows)
        first = members[0]
        # the features of two copies may differ in their last digits: they were computed in different batches
        same = [row for row in members[1:] if np.allclose(imaging[row], imaging[first], rtol=1e-3, atol=1e-4)]
        copies += sum(data.part[row] != data.part[first] for row in same)
    if copies:
        raise InputError(
            f"features and genotypes: {copies} people are copies of somebody in another part of the split under "
            "another id, so that scores would be those of people seen in training; remove the copies from the "
            "phenotype table, or list each pair in inputs.relatedness with a kinship of 0.5"
        )
