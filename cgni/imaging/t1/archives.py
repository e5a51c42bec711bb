"""Images inside UK Biobank's archives of field 20252, read without unpacking them."""

import re
import zipfile
from pathlib import Path

from cgni.imaging.reading import ReadMap, UnusableImageError, parse_map, plain_bytes, read_map
from cgni.imaging.unreadable import UNREADABLE

# As bb_vbm of UK Biobank's pipeline writes it (Alfaro-Almagro 2018): FAST's gray matter brought to the 2 mm template by
# FNIRT, times the Jacobian of its warp (not of its affine part), not smoothed.
MEMBERS = {"t1": "T1/T1.nii.gz", "ukb_vbm": "T1/T1_vbm/T1_GM_to_template_GM_mod.nii.gz"}
_INSTANCE = re.compile(r"_2025[0-9]_(\d+)_\d+\.(zip|nii|nii\.gz)$")
_BROKEN: tuple[type[Exception], ...] = (*UNREADABLE, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def is_archive(path: str | Path) -> bool:
    """Whether a path names an archive."""
    return Path(path).suffix.lower() == ".zip"


def stated_instance(path: str | Path) -> int | None:
    """The visit in the name of a file as UK Biobank delivers it (`EID_20252_2_0.zip`); None elsewhere."""
    found = _INSTANCE.search(Path(path).name)
    return int(found[1]) if found else None


def read_source(path: str | Path, source: str) -> ReadMap:
    """The image at `path`, or the one that `source` (`t1`, `ukb_vbm`) means inside an archive.

    Raises
    ------
    UnusableImageError
        As of `read_map`; a damaged archive, or one without the image.
    """
    if not is_archive(path):
        return read_map(path)
    try:
        with zipfile.ZipFile(path) as archive:
            raw = archive.read(_member(set(archive.namelist()), source))
        whole = plain_bytes(raw)
    except FileNotFoundError as error:
        raise UnusableImageError("missing files") from error
    except _BROKEN as error:
        raise UnusableImageError("damaged or unreadable archives") from error
    return parse_map(whole, whole)


def _member(names: set[str], source: str) -> str:
    wanted = MEMBERS[source]
    if wanted in names:
        return wanted
    if any(name.startswith("T1/unusable/") for name in names):
        raise UnusableImageError("archives of scans that UK Biobank calls unusable (T1/unusable)")
    raise UnusableImageError(f"archives without {wanted}")
