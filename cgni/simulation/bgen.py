"""A writer of BGEN v1.2 files as UK Biobank ships them: layout 2, zlib, 8 bits, REF first."""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cgni.base.files import atomic_path

_ZLIB_LAYOUT_2 = 1 | 2 << 2


@dataclass(frozen=True)
class BgenVariant:
    """One biallelic variant.

    `probabilities` is uint8 [people, 2]: 255 * P(REF REF) and 255 * P(REF ALT);
    `missing` is bool [people].
    """

    alternate_id: str
    rsid: str
    chrom: str
    position: int
    ref: str
    alt: str
    probabilities: np.ndarray
    missing: np.ndarray


def write_bgen(path: str | Path, variants: Iterable[BgenVariant], people: int) -> None:
    """Write the variants (bgenformat.org, specification of version 1.2), whole or not at all."""
    blocks = [_block(variant, people) for variant in variants]
    header = struct.pack("<III4sI", 20, len(blocks), people, b"bgen", _ZLIB_LAYOUT_2)
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        stream.write(struct.pack("<I", 20) + header)
        stream.writelines(blocks)


def _block(variant: BgenVariant, people: int) -> bytes:
    texts = b"".join(_text(value, "<H") for value in (variant.alternate_id, variant.rsid, variant.chrom))
    alleles = b"".join(_text(value, "<I") for value in (variant.ref, variant.alt))
    probabilities = np.where(variant.missing[:, None], 0, variant.probabilities).astype(np.uint8)
    ploidy = np.where(variant.missing, 0x82, 0x02).astype(np.uint8)
    data = struct.pack("<IHBB", people, 2, 2, 2) + ploidy.tobytes() + struct.pack("<BB", 0, 8) + probabilities.tobytes()
    packed = zlib.compress(data, 6)
    sizes = struct.pack("<II", len(packed) + 4, len(data))
    return texts + struct.pack("<IH", variant.position, 2) + alleles + sizes + packed


def _text(value: str, length_format: str) -> bytes:
    return struct.pack(length_format, len(value)) + value.encode()
