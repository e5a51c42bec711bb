"""Read one gray-matter image at the speed of decompression, and say in few words why one cannot be used."""

import math
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from isal import igzip, isal_zlib
from nibabel.filebasedimages import ImageFileError

from cgni.base.errors import InputError

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's code for a gzip member
_HEADER_BYTES = 1024  # holds a NIfTI-1 (348 bytes) or NIfTI-2 (540 bytes) header
_Header = Any  # nibabel's headers have no types of their own
_HEADERS: dict[int, Any] = {348: nib.Nifti1Header, 540: nib.Nifti2Header}
_SMALLEST_VOXEL = 1e-6  # cubic millimetres
_UNREADABLE: tuple[type[Exception], ...] = (
    ImageFileError,
    nib.spatialimages.HeaderDataError,
    EOFError,
    OSError,
    TypeError,
    ValueError,
    zlib.error,
    isal_zlib.error,  # type: ignore[assignment]  # isal's stub calls the class an instance
)


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
        with _existing(path).open("rb") as stream:
            start = stream.read(4 * _HEADER_BYTES)
        if start[:2] == _GZIP:
            start = isal_zlib.decompressobj(_GZIP_WINDOW).decompress(start, _HEADER_BYTES)
        header = _header(start)
    except _UNREADABLE as error:
        raise UnusableImageError("unreadable or truncated files") from error
    return _shape(header), _affine(header)


def read_map(path: str | Path) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
    """Values, affine, and smallest and largest value of a 3D image.

    Values are (x, y, z), first axis fastest, scaled, any real dtype as float32.

    NIfTI-1 and NIfTI-2 in one file, plain or gzipped in any number of members, either byte
    order. The checksum of each gzip member is verified.

    Raises
    ------
    UnusableImageError
        As `read_header`; also non-finite values and a single value throughout.
    """
    try:
        raw = _existing(path).read_bytes()
        if raw[:2] == _GZIP:
            raw = _decompress(raw)
        header = _header(raw)
        shape, affine = _shape(header), _affine(header)
        values = np.frombuffer(raw, header.get_data_dtype(), int(np.prod(shape)), int(header.get_data_offset()))
        values = _scaled(values, header)
    except _UNREADABLE as error:
        raise UnusableImageError("unreadable or truncated files") from error
    low, high = value_range(values)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise UnusableImageError("images with non-finite values")
    if low == high:
        raise UnusableImageError("empty images (a single value throughout)")
    return values.reshape(shape, order="F"), affine, (low, high)


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


def _header(start: bytes) -> _Header:
    size = int.from_bytes(start[:4], "little")
    kind = _HEADERS.get(size) or _HEADERS.get(int.from_bytes(start[:4], "big"))
    if kind is None:
        raise ImageFileError("not a NIfTI file")
    header = kind(start[: kind.template_dtype.itemsize])
    if header["magic"].item()[:3] != kind.single_magic[:3]:
        raise ImageFileError("header without its voxels")
    return header


def _shape(header: _Header) -> tuple[int, int, int]:
    shape = header.get_data_shape()
    while len(shape) > 3 and shape[-1] == 1:  # one volume stored as a series of one
        shape = shape[:-1]
    if len(shape) != 3:
        raise UnusableImageError("images that are not 3D")
    x, y, z = (int(size) for size in shape)
    return x, y, z


def _affine(header: _Header) -> np.ndarray:
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
