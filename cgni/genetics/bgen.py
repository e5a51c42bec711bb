"""BGEN files: find the blocks of wanted variants and copy them, without decoding a genotype.

Versions 1.1 (layout 1) to 1.3 (layout 2, zlib or zstd). Format:
https://www.well.ox.ac.uk/~gav/bgen_format. Index: a SQLite file `<file>.bgi` as bgenix writes it.
"""

import mmap
import sqlite3
import struct
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.bgen_header import HAS_IDS, BgenHeader, read_header

_TYPES = {"pos": "int64", "ref": "str", "alt": "str", "start": "int64", "end": "int64"}
_SHORT, _LONG = struct.Struct("<H").unpack_from, struct.Struct("<I").unpack_from
_COPY_PIECE = 16 * 1024 * 1024
_Row = tuple[int, str, str, int, int]  # values of the columns in _TYPES


def locate_variants(path: str | Path, chrom: str, positions: Collection[int] | None) -> pd.DataFrame:
    """Blocks of the variants of `chrom` at `positions` (None: all), sorted by position and place in the file.

    By the index `<path>.bgi` where there is one, else by walking from block to block.

    Returns
    -------
    pos (int), ref, alt (str; several ALT alleles joined by commas), start, end (byte offsets).

    Raises
    ------
    InputError
        A truncated file, or an index of another file.
    """
    path = Path(path)
    index = path.with_name(path.name + ".bgi")
    rows = _indexed(path, index, chrom, positions) if index.is_file() else _walked(path, chrom, positions)
    table = pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)
    return table.sort_values(["pos", "start"], ignore_index=True)


def copy_variants(path: str | Path, blocks: pd.DataFrame, target: str | Path) -> None:
    """Write a BGEN file without sample ids of the blocks (start, end), in their order.

    Raises
    ------
    InputError
        `path` is not a BGEN file (`read_header`).
    """
    header = read_header(path)
    flags = header.flags & ~HAS_IDS
    start = struct.pack("<IIII4sI", 20, 20, len(blocks), header.people, b"bgen", flags)
    with Path(path).open("rb") as source, Path(target).open("wb") as copy:
        copy.write(start)
        for begin, end in _joined(blocks["start"].to_list(), blocks["end"].to_list()):
            source.seek(begin)
            for piece in range(begin, end, _COPY_PIECE):
                copy.write(source.read(min(_COPY_PIECE, end - piece)))


def _joined(starts: list[int], ends: list[int]) -> Iterator[tuple[int, int]]:
    """Ranges (start, end) with neighbours joined."""
    joined: tuple[int, int] | None = None
    for start, end in zip(starts, ends, strict=True):
        if joined is not None and joined[1] == start:
            joined = joined[0], end
            continue
        if joined is not None:
            yield joined
        joined = start, end
    if joined is not None:
        yield joined


def _walked(path: Path, chrom: str, positions: Collection[int] | None) -> list[_Row]:
    header, wanted = read_header(path), None if positions is None else set(positions)
    names = _chromosome_names(chrom)
    rows: list[_Row] = []
    at = header.first
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        size = len(data)
        for number in range(header.variants):
            try:
                name, pos, alleles, end = _block(data, at, header)
            except struct.error:
                end = size + 1
            if end > size:
                raise InputError(
                    f"{path}: truncated: it ends within variant {number + 1} of {header.variants}; copy it again"
                )
            if (wanted is None or pos in wanted) and name in names:
                try:
                    ref, *others = _texts(data, alleles, header.layout)
                except ValueError as error:
                    raise InputError(
                        f"{path}: damaged: the alleles of variant {number + 1} are no text; copy it again"
                    ) from error
                rows.append((pos, ref, ",".join(others), at, end))
            at = end
    return rows


def _block(data: mmap.mmap, at: int, header: BgenHeader) -> tuple[bytes, int, int, int]:
    """Chromosome name, position, offset of the alleles, end of the block that starts at `at`."""
    if header.layout == 1:
        at += 4
    at += 2 + _SHORT(data, at)[0]
    at += 2 + _SHORT(data, at)[0]
    length = _SHORT(data, at)[0]
    name = data[at + 2 : at + 2 + length]
    at += 2 + length
    pos = _LONG(data, at)[0]
    alleles = at = at + 4
    count = 2
    if header.layout == 2:
        count = _SHORT(data, at)[0]
        at += 2
    for _ in range(count):
        at += 4 + _LONG(data, at)[0]
    if header.layout == 1 and header.compression == 0:
        return name, pos, alleles, at + 6 * header.people
    return name, pos, alleles, at + 4 + _LONG(data, at)[0]


def _texts(data: mmap.mmap, at: int, layout: int) -> list[str]:
    """Alleles stored from `at` on."""
    count = 2
    if layout == 2:
        (count,) = struct.unpack_from("<H", data, at)
        at += 2
    texts = []
    for _ in range(count):
        (length,) = struct.unpack_from("<I", data, at)
        texts.append(data[at + 4 : at + 4 + length].decode())
        at += 4 + length
    return texts


def _chromosome_names(chrom: str) -> set[bytes]:
    return {name.encode() for name in (chrom, chrom.zfill(2), f"chr{chrom}", f"chr{chrom.zfill(2)}")}


def _indexed(path: Path, index: Path, chrom: str, positions: Collection[int] | None) -> list[_Row]:
    names = [name.decode() for name in sorted(_chromosome_names(chrom))]
    try:
        with closing(sqlite3.connect(f"file:{quote(str(index))}?mode=ro&immutable=1", uri=True)) as database:
            _check_index(database, path, index)
            query = (
                "SELECT v.position, v.allele1, v.allele2 || CASE WHEN v.number_of_alleles > 2 THEN ',...' ELSE '' END, "
                "v.file_start_position, v.file_start_position + v.size_in_bytes FROM Variant AS v "
            )
            if positions is not None:
                database.execute("CREATE TEMP TABLE wanted (position INTEGER PRIMARY KEY)")
                database.executemany("INSERT INTO wanted VALUES (?)", [(int(pos),) for pos in sorted(set(positions))])
                query += "JOIN wanted AS w ON v.position = w.position "
            # CROSS JOIN order is left to SQLite: its primary key starts with chromosome, position
            query += f"WHERE v.chromosome IN ({', '.join('?' * len(names))})"
            rows: list[_Row] = database.execute(query, names).fetchall()
    except sqlite3.DatabaseError as error:
        raise InputError(f"{index}: not an index of bgenix ({error}); remove it or make it again") from error
    _check_rows(rows, path, index)
    return rows


def _check_rows(rows: list[_Row], path: Path, index: Path) -> None:
    """SQLite gives whatever stands in a damaged cell."""
    size = path.stat().st_size
    for row in rows:
        if tuple(map(type, row)) != (int, str, str, int, int) or not 0 <= row[3] < row[4] <= size:
            raise InputError(f"{index}: names places that {path} does not have; remove it or make it again")


def _check_index(database: sqlite3.Connection, path: Path, index: Path) -> None:
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'Metadata'").fetchone():
        return
    found = database.execute("SELECT file_size, first_1000_bytes FROM Metadata").fetchone()
    if found is None or not isinstance(found[1], bytes | None):
        raise sqlite3.DatabaseError("it does not say of which file")
    size, start = found
    with path.open("rb") as stream:
        same_start = start is None or stream.read(len(start)) == bytes(start)
    if size != path.stat().st_size or not same_start:
        raise InputError(
            f"{index}: made for a BGEN file of {size} bytes, but {path} has {path.stat().st_size}"
            f"{'' if same_start else ' and other contents'}; the file is truncated, or the index another one's"
        )
