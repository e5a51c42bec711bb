"""The maps of a batch of people, one after the other; what is finished is not made again."""

import logging
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.files import digest_value, read_json, write_json
from cgni.imaging.schemas import T1_QUALITY
from cgni.imaging.t1.answer import Answer

_KEPT = ("measures", "reason", "seconds")
CRASHED = "images on which the segmentation ended unexpectedly"


@dataclass(frozen=True)
class Places:
    """Files of one person below a study's folder `imaging/t1`.

    The names are digests of ids: an id may hold what a file's name may not, and paths appear in messages.
    """

    map: Path
    preview: Path
    record: Path

    @classmethod
    def of(cls, folder: Path, participant_id: str) -> "Places":
        """Those of a person."""
        name = digest_value(participant_id)[:16]
        return cls(
            folder / "maps" / f"{name}.nii.gz", folder / "previews" / f"{name}.npz", folder / "records" / f"{name}.json"
        )


class MapMaker(Protocol):
    """What makes the map of one image."""

    def make(self, path: str, places: Places) -> Answer:
        """Write map and preview of the image at `path`, or say why there are none."""
        ...


def make_batch(
    people: pd.DataFrame, folder: Path, made_by: str, open_maker: Callable[[list[str]], MapMaker]
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Make the maps of a batch; those that an earlier run finished are taken from `folder`.

    Parameters
    ----------
    people
        participant_id and path of the images.
    folder
        Where maps, previews and records lie.
    made_by
        Digest of settings and code: what was made by others is made again.
    open_maker
        Called with the images whose maps have to be made, unless there are none.

    Returns
    -------
    Rows of `imaging.schemas.T1_QUALITY`, in the order of `people`; and how many were made now, how many were found
    finished, how many failed by reason, and the median processor seconds of each step.

    Raises
    ------
    InputError
        What concerns all people: a full disk, too little memory, a part that is not installed.
    """
    every = [
        (Places.of(folder, participant_id), str(path), digest_value([made_by, _look(path)]))
        for participant_id, path in zip(people["participant_id"], people["path"], strict=True)
    ]
    records = [_finished(places, key) for places, _, key in every]
    todo = [row for row, record in enumerate(records) if record is None]
    for row, record in _made_now([every[row] for row in todo], todo, open_maker):
        records[row] = record
    finished = [record for record in records if record is not None]
    rows = [
        _row(participant_id, places, record)
        for participant_id, (places, *_), record in zip(people["participant_id"], every, finished, strict=True)
    ]
    table = pd.DataFrame(rows, columns=T1_QUALITY.names)
    seconds = pd.DataFrame([record["seconds"] for record in finished if record["seconds"]])
    told = {
        "made": len(todo),
        "found finished": len(finished) - len(todo),
        "failed": dict(sorted(Counter(table["reason"].dropna()).items())),
        "median processor seconds": seconds.median().round(2).to_dict(),
    }
    return table, told


def _look(path: str) -> str:
    """What tells whether an image has changed: path, size and time."""
    try:
        status = Path(path).stat()
    except OSError as error:
        return type(error).__name__
    return f"{path} {status.st_size} {status.st_mtime_ns}"


def _made_now(
    wanted: list[tuple[Places, str, str]], rows: list[int], open_maker: Callable[[list[str]], MapMaker]
) -> Iterator[tuple[int, dict[str, Any]]]:
    if not wanted:
        return
    maker = open_maker([path for _, path, _ in wanted])
    for done, (row, (places, path, key)) in enumerate(zip(rows, wanted, strict=True), start=1):
        record = _made(maker, path, places, key)
        logging.info("%d of %d images: %s", done, len(wanted), record["reason"] or "a map was written")
        yield row, record


def _made(maker: MapMaker, path: str, places: Places, key: str) -> dict[str, Any]:
    answer = maker.make(path, places)
    if answer.trouble:
        raise InputError(answer.trouble)
    if answer.unexpected:
        logging.warning("a segmentation ended with %s; it is tried again when this job runs again", answer.unexpected)
        return {"measures": None, "reason": CRASHED, "seconds": None}
    if answer.again:
        return {"measures": None, "reason": answer.reason, "seconds": answer.seconds}
    record: dict[str, Any] = {"key": key, **{name: getattr(answer, name) for name in _KEPT}}
    if answer.measures is not None:
        record["crc32"] = _checksum(places.map)
    write_json(record, places.record)
    return record


def _finished(places: Places, key: str) -> dict[str, Any] | None:
    """The record of a person whose map an earlier run made of the same image, and that is as it was."""
    if not places.record.is_file():
        return None
    try:
        record = read_json(places.record, "key", "measures", "reason", "seconds")
    except InputError:
        return None
    if record["key"] != key:
        return None
    if record["measures"] is not None and _checksum(places.map) != record.get("crc32"):
        return None
    return record


def _checksum(path: Path) -> int | None:
    try:
        return zlib.crc32(path.read_bytes())
    except FileNotFoundError:
        return None


def _row(participant_id: str, places: Places, record: dict[str, Any]) -> dict[str, Any]:
    measures = record["measures"]
    row: dict[str, Any] = dict.fromkeys(T1_QUALITY.names, np.nan) | {"stripped": None}
    row |= measures or {}
    path = None if measures is None else str(places.map)
    return row | {"participant_id": participant_id, "path": path, "reason": record["reason"]}
