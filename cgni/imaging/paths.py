"""Which people have a gray-matter map, of which visit, and where it lies."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited
from cgni.cohort.id_lists import plain_ids
from cgni.imaging.patterns import PLACEHOLDER, is_pattern, matching_files

_INSTANCE = "instance"
_LIKE_VISITS = ("visit", "session", "ses", "timepoint", "wave")


def list_images(
    images: str, instances: Sequence[int], instance_of: Callable[[str], int | None] | None = None
) -> pd.DataFrame:
    """The gray-matter maps of a study, one a person.

    Parameters
    ----------
    images
        A csv with the columns participant_id, path (relative to the csv's folder, or absolute) and maybe instance
        (the visit, as UK Biobank numbers them), or a path that holds `{participant_id}`, such as
        `sub-{participant_id}/mri/mwp1sub-{participant_id}*.nii`; every existing file that matches counts.
    instances
        Visits whose images count (`cohort.image_instances`); of several of a person the first of these.
    instance_of
        What tells the visit from a path that a pattern matches; None where it does not. None: nothing tells it.

    Returns
    -------
    DataFrame of str columns participant_id and path, and Int64 instance (missing where it is not stated); sorted by
    participant_id. The files of a csv are not opened or looked for here.

    Raises
    ------
    InputError
        No such csv, missing columns or values, nothing found, or people with two images of one visit.
    """
    pattern = is_pattern(images)
    listed = _from_pattern(images, instances, instance_of) if pattern else _from_csv(Path(images), instances)
    doubled = listed.loc[listed["participant_id"].duplicated(), "participant_id"].nunique()
    if doubled:
        remedy = "make it match one file a person" if pattern else "keep one each"
        raise InputError(
            f"{images}: {doubled} people have more than one image; {remedy}, or list them in a csv of participant_id, "
            f"{_INSTANCE} (the visit) and path"
        )
    return listed.sort_values("participant_id", ignore_index=True)


def stated_visits(listed: pd.DataFrame) -> pd.Series:
    """Visit (int) by participant id of those whose image's visit the list states (`list_images`)."""
    return listed.set_index("participant_id")[_INSTANCE].dropna().astype(int)


def _from_csv(table: Path, instances: Sequence[int]) -> pd.DataFrame:
    remedy = f"set inputs.images to a csv of participant_id and path, or to a pattern with {PLACEHOLDER}"
    listed = read_delimited(table, remedy, ["participant_id", "path"])
    visits = _visit_column(table, listed)
    listed = listed[["participant_id", "path"]]
    empty = int(listed.isna().any(axis=1).sum())
    if empty:
        raise InputError(f"{table}: {empty} lines without participant_id or path; fill or remove them")
    if listed.empty:
        raise InputError(f"{table}: lists no image")
    listed["participant_id"] = plain_ids(table, listed["participant_id"])
    listed["path"] = [str(table.parent / path) for path in listed["path"]]
    if visits is None:
        return listed.assign(instance=pd.array([pd.NA] * len(listed), "Int64"))
    return _of_visits(table, listed.assign(instance=_visits(table, visits)), instances)


def _visit_column(table: Path, listed: pd.DataFrame) -> pd.Series | None:
    """The column `instance`, in any case; None: there is none, nor another that seems to tell visits apart."""
    names = {str(name).strip().lower(): name for name in listed.columns}
    if _INSTANCE in names:
        return listed[names[_INSTANCE]]
    odd = [names[name] for name in _LIKE_VISITS if name in names]
    if odd:
        raise InputError(
            f"{table}: the column {odd[0]} is not read; call it {_INSTANCE} and number visits as UK Biobank does (2: "
            "the first imaging visit), or take it out"
        )
    return None


def _visits(table: Path, texts: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(texts, errors="coerce")
    odd = int((~numbers.between(0, 99) | (numbers % 1 != 0)).sum())
    if odd:
        raise InputError(f"{table}: {odd} lines without a visit (0, 1, 2 ...) in the column {_INSTANCE}; correct them")
    return numbers.astype("Int64")


def _of_visits(table: Path | str, listed: pd.DataFrame, instances: Sequence[int]) -> pd.DataFrame:
    """The images of the visits that count, of each person those of the first."""
    own = listed[listed[_INSTANCE].isin(instances)]
    own = own.assign(rank=[list(instances).index(instance) for instance in own[_INSTANCE]])
    if own.empty:
        wanted = ", ".join(map(str, instances))
        raise InputError(f"{table}: no image of the visits {wanted} (cohort.image_instances)")
    first = own[own["rank"] == own.groupby("participant_id")["rank"].transform("min")]
    logging.info(
        "%s: %d images of other visits than cohort.image_instances, and %d of later ones of a person, are left out",
        *(table, len(listed) - len(own), len(own) - len(first)),
    )
    return first.drop(columns="rank")


def _from_pattern(
    pattern: str, instances: Sequence[int], instance_of: Callable[[str], int | None] | None
) -> pd.DataFrame:
    found = matching_files(pattern)
    if not found:
        raise InputError(f"inputs.images: no file matches {pattern}")
    listed = pd.DataFrame(found, columns=["participant_id", "path"])
    visits = [instance_of(path) if instance_of else None for path in listed["path"]]
    listed = listed.assign(instance=pd.array([pd.NA if visit is None else visit for visit in visits], "Int64"))
    return _of_visits(pattern, listed, instances) if listed[_INSTANCE].notna().all() else listed
