"""Read one gray-matter image at the speed of decompression, and say in few words why one cannot be used."""

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from isal import igzip, isal_zlib
from nibabel.filebasedimages import ImageFileError
from scipy.ndimage import generate_binary_structure, label, minimum, minimum_filter

from cgni.base.errors import InputError
from cgni.imaging.unreadable import UNREADABLE

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's code for a gzip member
_HEADER_BYTES = 1024  # holds a NIfTI-1 (348 bytes) or NIfTI-2 (540 bytes) header
_Header = Any  # nibabel's headers have no types of their own
_HEADERS: dict[int, Any] = {348: nib.Nifti1Header, 540: nib.Nifti2Header}
_MAGIC = {348: 344, 540: 4}  # where a header of that size says what it is
_TAPERED = 0.1  # share of a map's largest value that tissue beside background falls to
_SMALLEST_VOXEL = 1e-6  # cubic millimetres


class UnusableImageError(Exception):
    """Why one image cannot be used, in the words of the final message (`str`), plural."""

    @property
    def singular(self) -> str:
        """The reason for a message about a single file."""
        return f"one of the {self}"


def read_header(path: str | Path) -> tuple[tuple[int, int, int], np.ndarray]:
    """Shape and affine (float64, 4, 4) of a 3D image, from the first bytes of the file.

    Raises
    ------
    UnusableImageError
        Missing, unreadable, not 3D, or without a usable affine.
    """
    try:
        with _existing(_header_file(path)).open("rb") as stream:
            start = stream.read(4 * _HEADER_BYTES)
        if start[:2] == _GZIP:
            start = isal_zlib.decompressobj(_GZIP_WINDOW).decompress(start, _HEADER_BYTES)
        header = _header(start, _is_pair(path))
        return _shape(header), _affine(header)
    except UNREADABLE as error:
        raise UnusableImageError("unreadable or truncated files") from error


@dataclass(frozen=True)
class ReadMap:
    """One image.

    Attributes
    ----------
    values : (x, y, z), first axis fastest, scaled; any real dtype as float32.
    affine : float64 (4, 4), voxel to world millimetres.
    span : smallest and largest value.
    blank : voxels of background that the file holds as NaN, as SPM writes them; 0 in `values`.
    """

    values: np.ndarray
    affine: np.ndarray
    span: tuple[float, float]
    blank: int = 0


def read_map(path: str | Path) -> ReadMap:
    """Read a 3D image.

    NIfTI-1 and NIfTI-2 in one file, plain or gzipped in any number of members, either byte order, or a pair of .hdr
    and .img. The checksum of each gzip member is verified. NaN that reaches the border of the image is background.

    Raises
    ------
    UnusableImageError
        As `read_header`; also NaN inside, infinite values, and a single value throughout.
    """
    try:
        start = _content(_header_file(path))
        raw = _content(Path(path).with_suffix(".img")) if _is_pair(path) else start
        return parse_map(start, raw, _is_pair(path))
    except UNREADABLE as error:
        raise UnusableImageError("unreadable or truncated files") from error


def parse_map(start: bytes, raw: bytes, paired: bool = False) -> ReadMap:
    """The image whose header `start` begins with, and whose voxels `raw` holds (`start` itself unless `paired`).

    Raises
    ------
    UnusableImageError
        As `read_map`.
    """
    try:
        header = _header(start, paired)
        shape, affine = _shape(header), _affine(header)
        values = np.frombuffer(raw, header.get_data_dtype(), int(np.prod(shape)), int(header.get_data_offset()))
        values = _scaled(values, header)
    except UNREADABLE as error:
        raise UnusableImageError("unreadable or truncated files") from error
    low, high = value_range(values)
    blank = 0
    if math.isnan(low):
        values, blank = _without_background(values.reshape(shape, order="F"))
        low, high = value_range(values)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise UnusableImageError("images with infinite values")
    if low == high:
        raise UnusableImageError("empty images (a single value throughout)")
    return ReadMap(values.reshape(shape, order="F"), affine, (low, high), blank)


def value_range(values: np.ndarray) -> tuple[float, float]:
    """Smallest and largest value; both are NaN when one value is."""
    return float(values.min()), float(values.max())


def refuse(problems: Counter[str], total: int) -> None:
    """One message for all unusable images; nothing happens without a problem.

    Raises
    ------
    InputError
        How many images are missing, unreadable, not 3D, non-finite, empty ...
    """
    if problems:
        counts = "; ".join(f"{number} {kind}" for kind, number in sorted(problems.items()))
        raise InputError(
            f"inputs.images: {sum(problems.values())} of {total} gray-matter images cannot be used: {counts}. "
            "Expected one finite 3D NIfTI map a person; repair them, or take them off the list"
        )


def _is_pair(path: str | Path) -> bool:
    return Path(path).suffix in (".hdr", ".img")


def _header_file(path: str | Path) -> Path:
    """Where the header of an image stands: in the file itself, or in the .hdr of a pair."""
    return Path(path).with_suffix(".hdr") if _is_pair(path) else Path(path)


def _content(path: Path) -> bytes:
    return plain_bytes(_existing(path).read_bytes())


def plain_bytes(raw: bytes) -> bytes:
    """The bytes of a file, decompressed where they are gzip's.

    Raises
    ------
    cgni.imaging.unreadable.UNREADABLE
        Cut short, or with a wrong checksum.
    """
    return _decompress(raw) if raw[:2] == _GZIP else raw


def _without_background(values: np.ndarray) -> tuple[np.ndarray, int]:
    """The map (x, y, z) with 0 for NaN that is background, and how many voxels that was.

    Background is connected to the border; and, in a map that has NaN in the place of every 0, also what tissue tapers
    off towards, such as the ventricles.
    """
    missing = np.isnan(values)
    numbers, count = label(missing)
    faces = [numbers.take(place, axis) for axis in range(3) for place in (0, -1)]
    background = np.isin(np.arange(count + 1), np.concatenate([face.ravel() for face in faces]))
    background[0] = False
    if not (values == 0).any():
        beside = minimum_filter(np.where(missing, np.inf, values), footprint=generate_binary_structure(3, 1))
        lowest = minimum(beside, numbers, np.arange(count + 1))
        background[1:] |= lowest[1:] <= _TAPERED * np.nanmax(values, initial=0)
    if not background[1:].all():
        raise UnusableImageError("images with missing values (NaN) inside the brain")
    return np.where(missing, np.float32(0), values).ravel("F"), int(missing.sum())


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise UnusableImageError("missing files")
    return path


def _decompress(raw: bytes) -> bytes:
    """All members of a gzip file."""
    stated = int.from_bytes(raw[-4:], "little")  # size of the last member: with a single one nothing has to grow
    data = isal_zlib.decompress(raw, wbits=_GZIP_WINDOW, bufsize=max(stated, _HEADER_BYTES))
    return data if len(data) == stated and not _is_short(data) else igzip.decompress(raw)  # type: ignore[no-untyped-call]


def _is_short(data: bytes) -> bool:
    header = _header(data)
    voxels = int(np.prod(header.get_data_shape(), dtype=np.int64)) * header.get_data_dtype().itemsize
    return bool(len(data) < int(header.get_data_offset()) + voxels)


def _header(start: bytes, paired: bool = False) -> _Header:
    size = next((size for order in ("little", "big") if (size := int.from_bytes(start[:4], order)) in _HEADERS), 0)
    if not size or len(start) < size:
        raise ImageFileError("not a NIfTI file, or cut short")
    kind, at = _HEADERS[size], _MAGIC[size]
    magic = start[at : at + 3]
    if magic not in (kind.single_magic[:3], kind.pair_magic[:3]):
        raise UnusableImageError("Analyze images, whose headers do not say which side is left (convert them to NIfTI)")
    if (magic == kind.pair_magic[:3]) != paired:
        raise ImageFileError("a header without its voxels")
    return kind(start[: kind.template_dtype.itemsize])


def _shape(header: _Header) -> tuple[int, int, int]:
    shape = header.get_data_shape()
    while len(shape) > 3 and shape[-1] == 1:  # one volume stored as a series of one
        shape = shape[:-1]
    if len(shape) != 3:
        raise UnusableImageError("images that are not 3D")
    x, y, z = (int(size) for size in shape)
    if min(x, y, z) < 1:
        raise ImageFileError("sides without voxels")
    return x, y, z


def _affine(header: _Header) -> np.ndarray:
    if not header["sform_code"] and not header["qform_code"]:
        raise UnusableImageError(
            "images whose header does not say where the voxels lie (sform_code and qform_code are 0)"
        )
    affine = np.asarray(header.get_best_affine(), dtype=np.float64)
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < _SMALLEST_VOXEL:
        raise UnusableImageError("images whose affine does not place the voxels")
    return affine


def _scaled(values: np.ndarray, header: _Header) -> np.ndarray:
    slope, intercept = header.get_slope_inter()
    if values.dtype.kind not in "fiu":
        raise ImageFileError("voxels that are no plain numbers")
    values = values.astype(np.float32, copy=False)
    if slope not in (None, 1):
        values = values * np.float32(slope)
    return values + np.float32(intercept) if intercept else values
