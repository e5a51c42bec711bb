"""The header of a BGEN file, and the ids of its people where it holds them."""

import struct
from dataclasses import dataclass
from pathlib import Path

from cgni.base.errors import InputError
from cgni.cohort.id_lists import single_ids

HAS_IDS = 1 << 31  # of the flags


@dataclass(frozen=True)
class BgenHeader:
    """What a BGEN file declares; `ids` and `first` are the offsets of its block of ids and of its first variant."""

    variants: int
    people: int
    layout: int
    compression: int
    flags: int
    ids: int
    first: int


def read_header(path: str | Path) -> BgenHeader:
    """The header of a BGEN file.

    Raises
    ------
    InputError
        No such file, not a BGEN file, or a version that is not 1.1, 1.2 or 1.3.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such BGEN file; set inputs.genotypes.files")
    with path.open("rb") as stream:
        start = stream.read(20)
        if len(start) < 20 or start[16:20] not in (b"bgen", b"\0\0\0\0"):
            raise InputError(f"{path}: not a BGEN file")
        offset, length, variants, people = struct.unpack("<4I", start[:16])
        stream.seek(length)
        (flags,) = struct.unpack("<I", stream.read(4).ljust(4, b"\0"))
    layout, compression = flags >> 2 & 15, flags & 3
    if layout not in (1, 2) or compression > (2 if layout == 2 else 1):
        raise InputError(f"{path}: BGEN layout {layout} with compression {compression} is not version 1.1, 1.2 or 1.3")
    return BgenHeader(variants, people, layout, compression, flags, 4 + length, offset + 4)


def read_bgen_ids(path: str | Path) -> list[str]:
    """Ids that a BGEN file holds, in the order of its people (`id_lists.single_ids`); empty where it holds none.

    Raises
    ------
    InputError
        As of `read_header`; a damaged block of ids.
    """
    header = read_header(path)
    if not header.flags & HAS_IDS:
        return []
    with Path(path).open("rb") as stream:
        stream.seek(header.ids)
        block = stream.read(max(0, header.first - header.ids))
    ids, at = [], 8
    try:
        for _ in range(struct.unpack_from("<I", block, 4)[0]):
            (length,) = struct.unpack_from("<H", block, at)
            ids.append(block[at + 2 : at + 2 + length].decode())
            at += 2 + length
    except (struct.error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: its block of people's ids is damaged; copy it again") from error
    if len(ids) != header.people:
        raise InputError(f"{path}: {len(ids)} ids of {header.people} people; copy it again")
    return single_ids(ids)
