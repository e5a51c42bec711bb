"""Which people have a gray-matter map, and where it lies."""

import glob
import os
import re
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited
from cgni.cohort.id_lists import plain_ids

_PLACEHOLDER = "{participant_id}"


def list_images(images: str) -> pd.DataFrame:
    """The gray-matter maps of a study.

    Parameters
    ----------
    images
        A csv with the columns participant_id and path (relative to the csv's folder, or
        absolute), or a path that holds `{participant_id}` once, such as
        `maps/{participant_id}/smwc1.nii.gz`; every existing file that matches counts.

    Returns
    -------
    DataFrame of str columns participant_id, path; sorted by participant_id. The files of a
    csv are not opened or looked for here.

    Raises
    ------
    InputError
        No such csv, missing columns or values, nothing found, or people with two images.
    """
    listed = _from_pattern(images) if _PLACEHOLDER in images else _from_csv(Path(images))
    doubled = int(listed["participant_id"].duplicated().sum())
    if doubled:
        raise InputError(f"{images}: {doubled} people have more than one image; keep one each")
    return listed.sort_values("participant_id", ignore_index=True)


def _from_csv(table: Path) -> pd.DataFrame:
    remedy = f"set inputs.images to a csv of participant_id and path, or to a pattern with {_PLACEHOLDER}"
    listed = read_delimited(table, remedy, ["participant_id", "path"])
    listed = listed[["participant_id", "path"]]
    empty = int(listed.isna().any(axis=1).sum())
    if empty:
        raise InputError(f"{table}: {empty} lines without participant_id or path; fill or remove them")
    if listed.empty:
        raise InputError(f"{table}: lists no image")
    listed["participant_id"] = plain_ids(table, listed["participant_id"])
    return listed.assign(path=[str(table.parent / path) for path in listed["path"]])


def _from_pattern(pattern: str) -> pd.DataFrame:
    if pattern.count(_PLACEHOLDER) != 1:
        raise InputError(f"inputs.images: {pattern} must hold {_PLACEHOLDER} exactly once")
    before, after = os.path.normpath(pattern).split(_PLACEHOLDER)
    inside = re.compile(re.escape(before) + r"([^/]+)" + re.escape(after) + r"\Z")
    root, stem = os.path.split(before)
    below = glob.escape(stem) + "*" + glob.escape(after)
    found = [(match[1], str(path)) for path in Path(root).glob(below) if (match := inside.match(str(path)))]
    if not found:
        raise InputError(f"inputs.images: no file matches {pattern}")
    return pd.DataFrame(found, columns=["participant_id", "path"])
