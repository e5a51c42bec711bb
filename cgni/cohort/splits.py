"""One split of all people: holdout, folds and monitor people, whole families, stratified."""

import logging

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.seeds import derive_seed
from cgni.cohort.settings import SplitSettings

_JUDGED = 10  # people of a part, below which its share is not judged


def make_splits(people: pd.DataFrame, splits: SplitSettings, seed: int) -> pd.DataFrame:
    """Role, fold and monitor flags of every person.

    Families are dealt to the parts one after the other (people with a working-memory group, image
    and genotypes first, then larger families, then at random), each to the part where it adds least
    to sum_parts sum_strata n^2 / expected, whose minimum is proportional allocation of every
    stratum. Strata: label x completeness, and these by age band, sex and site. The holdout does not
    depend on the number of folds; a fold's monitor people are drawn from its training people alone.

    Parameters
    ----------
    people
        The participants table.
    splits
        holdout, folds, monitor and age_bands are read.
    seed
        The study's seed.

    Returns
    -------
    Table in the columns of `cohort.schemas.splits_schema(folds)`, sorted by id.

    Raises
    ------
    InputError
        More folds than people of the smaller working-memory group, a part without both groups, one of less than half
        or more than twice its share, or one where nobody with an image has an age.
    """
    people = people.sort_values("participant_id", ignore_index=True)
    strata = _strata(people, splits.age_bands)
    complete = _complete(people)
    folds = splits.folds

    holdout = _deal(people, strata, complete, [splits.holdout, 1 - splits.holdout], derive_seed(seed, "holdout"))
    table = pd.DataFrame({"participant_id": people["participant_id"]})
    development = holdout == 1
    table["role"] = np.where(development, "development", "holdout")
    _check_enough(people, complete & development, folds)
    table["fold"] = np.int8(-1)
    table.loc[development, "fold"] = _deal(
        people[development], strata[development], complete[development], [1 / folds] * folds, derive_seed(seed, "folds")
    ).astype(np.int8)
    for fold in range(folds):
        training = development & (table["fold"] != fold).to_numpy()
        shares = [splits.monitor, 1 - splits.monitor]
        seed_here = derive_seed(seed, "monitor", fold)
        part = _deal(people[training], strata[training], complete[training], shares, seed_here)
        table[f"monitor_{fold}"] = False
        table.loc[training, f"monitor_{fold}"] = part == 0
    _check_both_groups(people, complete, table, folds)
    _check_balance(people, complete, table, splits)
    _check_ages(people, table, folds)
    held_out = int((~development).sum())
    logging.info("%d people held out, %d in %d folds", held_out, len(table) - held_out, folds)
    return table


def _complete(people: pd.DataFrame) -> np.ndarray:
    """Whether a person has a working-memory group, an image and genotypes."""
    complete: np.ndarray = (people["outcome_group"].notna() & people["has_image"] & people["has_genotypes"]).to_numpy(
        bool
    )
    return complete


def _strata(people: pd.DataFrame, age_bands: int) -> np.ndarray:
    """Codes (people, 4) of the strata that each person belongs to; codes of different columns differ."""
    label = people["outcome_group"].astype("Float64").map({0.0: "low", 1.0: "high"}).fillna("none").astype(str)
    group = label + "/" + people["has_image"].astype(str) + people["has_genotypes"].astype(str)
    ages = people["age"].astype("float64")
    bands = pd.qcut(ages, age_bands, labels=False, duplicates="drop") if ages.notna().any() else ages
    traits = ["", bands.astype(str), people["sex"].astype(str), people["site"].astype(str)]
    codes, offset = [], 0
    for trait in traits:
        code, names = pd.factorize(group + "/" + trait, sort=True)
        codes.append(code + offset)
        offset += len(names)
    return np.stack(codes, axis=1)


def _deal(people: pd.DataFrame, strata: np.ndarray, complete: np.ndarray, shares: list[float], seed: int) -> np.ndarray:
    """Part (int) of each person: whole families, each stratum in proportion to `shares`."""
    _, strata = np.unique(strata, return_inverse=True)
    strata = strata.reshape(len(people), -1)
    expected = np.outer(shares, np.bincount(strata.ravel()))
    counts = np.zeros_like(expected)
    part = np.empty(len(people), dtype=np.int64)
    for members in _dealing_order(people["family"], complete, seed):
        codes = strata[members].ravel()
        if len(members) == 1:
            added = np.ones(codes.size)
        else:
            codes, added = np.unique(codes, return_counts=True)
        cost = (added * (2 * counts[:, codes] + added) / expected[:, codes]).sum(axis=1)
        chosen = int(np.argmin(cost))
        counts[chosen, codes] += added
        part[members] = chosen
    return part


def _dealing_order(families: pd.Series, complete: np.ndarray, seed: int) -> list[np.ndarray]:
    """Row numbers of each family, in the order of dealing."""
    number, _ = pd.factorize(families, sort=True)
    order = np.argsort(number, kind="stable")
    sizes = np.bincount(number)
    members = np.split(order, np.cumsum(sizes)[:-1])
    has_complete = np.zeros(len(sizes), dtype=bool)
    has_complete[number[complete]] = True
    draw = np.random.default_rng(seed).random(len(sizes))
    return [members[index] for index in np.lexsort((draw, -sizes, ~has_complete))]


def _group_sizes(people: pd.DataFrame, chosen: np.ndarray) -> tuple[int, int]:
    groups = people.loc[chosen, "outcome_group"]
    return int((groups == 0).sum()), int((groups == 1).sum())


def _check_enough(people: pd.DataFrame, chosen: np.ndarray, folds: int) -> None:
    smaller = min(_group_sizes(people, chosen))
    if folds > smaller:
        raise InputError(
            f"splits.folds: {folds} folds, but outside the holdout the smaller working-memory group has {smaller} "
            "people with image and genotypes; use fewer folds"
        )


def _parts(table: pd.DataFrame, folds: int) -> dict[str, np.ndarray]:
    """People (bool) of the fit, monitor and validation part of every fold, by name."""
    parts = {}
    for fold in range(folds):
        validation, monitor = (table["fold"] == fold).to_numpy(), table[f"monitor_{fold}"].to_numpy()
        parts[f"the validation part of fold {fold}"] = validation
        parts[f"the monitor part of fold {fold}"] = monitor
        parts[f"the fit part of fold {fold}"] = (table["role"] == "development").to_numpy() & ~validation & ~monitor
    return parts


def _check_both_groups(people: pd.DataFrame, complete: np.ndarray, table: pd.DataFrame, folds: int) -> None:
    parts = {"the holdout": (table["role"] == "holdout").to_numpy(), **_parts(table, folds)}
    for name, chosen in parts.items():
        low, high = _group_sizes(people, chosen & complete)
        if not low or not high:
            raise InputError(
                f"splits: {name} has {low} people of the low and {high} of the high working-memory group with image "
                "and genotypes; use fewer folds or larger shares (splits.holdout, splits.monitor)"
            )


def _check_balance(people: pd.DataFrame, complete: np.ndarray, table: pd.DataFrame, splits: SplitSettings) -> None:
    """Compare the holdout and each fold with their shares; only a family that nothing can divide unbalances them."""
    held_out = (table["role"] == "holdout").to_numpy()
    shares = {"the holdout": (held_out, splits.holdout)}
    for fold in range(splits.folds):
        shares[f"fold {fold}"] = ((table["fold"] == fold).to_numpy(), (1 - splits.holdout) / splits.folds)
    for name, (chosen, share) in shares.items():
        expected, found = share * complete.sum(), int((chosen & complete).sum())
        largest = int(people.loc[complete, "family"].value_counts().max())
        text = (
            f"{name} has {found} people with a working-memory group, image and genotypes, {expected:.0f} would be its "
            f"share; the largest family has {largest} of them"
        )
        if expected >= _JUDGED and not 0.5 <= found / expected <= 2:
            raise InputError(f"splits: {text}; check inputs.relatedness and splits.kinship, or use fewer folds")
        if expected >= _JUDGED and not 0.8 <= found / expected <= 1.25:
            logging.warning(text)


def _check_ages(people: pd.DataFrame, table: pd.DataFrame, folds: int) -> None:
    """The imaging network is trained on the age of people with an image, and watched and scored with it."""
    imaged = people["has_image"].to_numpy(bool)
    known = imaged & people["age"].notna().to_numpy()
    for name, chosen in _parts(table, folds).items():
        if not (chosen & known).any():
            raise InputError(
                f"main table: of {int((chosen & imaged).sum())} people with an image in {name} nobody has an age "
                "(field 21003) at the visit of the image, which the imaging network is trained on; "
                f"{int(known.sum())} of {int(imaged.sum())} in all have one"
            )
