"""Where the images of people lie: a table, a pattern, a BIDS folder, UK Biobank's archives; or who has features."""

import logging
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.imaging.paths import list_images
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.t1.archives import stated_instance
from cgni.imaging.table.reading import read_feature_table

_FILE = re.compile(
    r"sub-(?P<person>[A-Za-z0-9]+)(_ses-(?P<session>[A-Za-z0-9]+))?(_[a-z]+-[A-Za-z0-9]+)*_T1w\.nii(\.gz)?"
)
_COLUMNS = ["participant_id", "session", "path"]
_PLACES = ("sub-*/anat/*_T1w.nii*", "sub-*/ses-*/anat/*_T1w.nii*")


def study_images(images: str, instances: Sequence[int], settings: ImagingSettings) -> pd.DataFrame:
    """The images of a study, one a person: maps, or what maps are made of.

    Parameters
    ----------
    images
        As of `imaging.paths.list_images`; or the folder of a BIDS data set, of which the session
        `imaging.t1.session` counts, and of several images of it the first by name.
    instances
        Visits that count (`cohort.image_instances`); of UK Biobank's archives their names state them.
    settings
        `source`, and `t1.session` or `table` where it is that source.

    Returns
    -------
    DataFrame of str columns participant_id and path, and Int64 instance; sorted by participant_id. Of a table of
    features: who has any value, each with the table's path.

    Raises
    ------
    InputError
        As of `list_images`; a folder without T1 images, or without the session; as of `read_feature_table`.
    """
    if settings.source == "table":
        return read_feature_table(images, settings.table, instances).listed(images)
    if settings.source == "maps":
        return list_images(images, instances, stated_instance)
    if settings.source == "t1" and Path(images).is_dir():
        return _from_bids(Path(images), settings.t1.session)
    return list_images(images, instances, stated_instance)


def study_maps(
    images: str, instances: Sequence[int], settings: ImagingSettings, made: pd.DataFrame | None
) -> pd.DataFrame:
    """participant_id and path of a study's maps: those that were made (`imaging.schemas.T1_QUALITY`), or the listed."""
    if made is None:
        return study_images(images, instances, settings)
    return made.loc[made["path"].notna(), ["participant_id", "path"]].reset_index(drop=True)


def _from_bids(folder: Path, session: str) -> pd.DataFrame:
    found = [path for place in _PLACES for path in folder.glob(place)]
    named = [(path, match) for path in found if (match := _FILE.fullmatch(path.name))]
    if not named:
        raise InputError(
            f"inputs.images: no T1 image in the folder {folder}; a BIDS data set has them as "
            "sub-<id>/anat/sub-<id>_T1w.nii.gz, or below sub-<id>/ses-<label>/"
        )
    foreign = sum(_folders_of(match) != path.parent.relative_to(folder) for path, match in named)
    if foreign:
        raise InputError(
            f"inputs.images: {foreign} of {len(named)} T1 images in {folder} lie in the folder of another person or "
            "session than their names say; put them right"
        )
    rows = [(match["person"], match["session"] or "", str(path)) for path, match in named]
    listed = pd.DataFrame(sorted(rows, key=lambda row: _by_number(row[2])), columns=_COLUMNS)
    chosen = _of_session(listed, session)
    if chosen.empty:
        known = ", ".join([label for label in _sessions(listed) if label][:10]) or "none"
        raise InputError(f"imaging.t1.session: no image of the session {session} in {folder}; its sessions: {known}")
    one = chosen.drop_duplicates("participant_id", keep="first")
    logging.info(
        "%s: %d T1 images; left out are %d of other sessions than imaging.t1.session, %d further ones of a session, "
        "and %d with names that BIDS does not know",
        *(folder, len(listed), len(listed) - len(chosen), len(chosen) - len(one), len(found) - len(named)),
    )
    instances = pd.array([pd.NA] * len(one), "Int64")
    return one[["participant_id", "path"]].assign(instance=instances).sort_values("participant_id", ignore_index=True)


def _folders_of(match: re.Match[str]) -> Path:
    """Where the file of such a name belongs."""
    within = [f"ses-{match['session']}"] if match["session"] else []
    return Path(f"sub-{match['person']}", *within, "anat")


def _by_number(text: str) -> list[tuple[int, str]]:
    """A key that sorts 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)]


def _sessions(listed: pd.DataFrame) -> list[str]:
    return sorted(set(listed["session"]), key=_by_number)


def _of_session(listed: pd.DataFrame, session: str) -> pd.DataFrame:
    if session not in ("first", "last"):
        return listed[listed["session"] == session]
    ranks = listed["session"].map({label: rank for rank, label in enumerate(_sessions(listed))})
    wanted = ranks.groupby(listed["participant_id"]).transform("min" if session == "first" else "max")
    return listed[ranks == wanted]
