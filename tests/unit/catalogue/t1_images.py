"""T1 images, UK Biobank's archives, BIDS folders: what is read, and why an image gives no map."""

import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np

from cgni.imaging.reading import UnusableImageError, refuse
from cgni.imaging.settings import ImagingSettings, T1Settings
from cgni.imaging.t1.archives import read_source
from cgni.imaging.t1.engines import Engine
from cgni.imaging.t1.head import head_of
from cgni.imaging.t1.listing import study_images
from cgni.imaging.t1.segmentation import find_brain
from tests.unit.catalogue.case import Call, Case, clear, handled
from tests.unit.imaging.t1.heads import made_head, placed

_HEAD = np.rint(made_head())
_TOTAL = round(float(_HEAD.sum(dtype=np.float64)))
_ARCHIVE = "1000001_20252_2_0.zip"


def _bytes(values: np.ndarray = _HEAD, affine: np.ndarray | None = None, kind: type = np.float32) -> bytes:
    image = nib.Nifti1Image(np.asarray(values, kind), placed() if affine is None else affine)
    return bytes(image.to_bytes())


def _read(path: Path) -> int:
    """The sum of a head's values."""
    try:
        return round(float(head_of(read_source(path, "t1")).values.sum(dtype=np.float64)))
    except UnusableImageError as problem:
        refuse(Counter([str(problem)]), 1)
        raise


def _saved(content: bytes, name: str = "1000001.nii") -> Call:
    def call(folder: Path) -> int:
        (folder / name).write_bytes(content)
        return _read(folder / name)

    return call


def _zipped(*members: tuple[str, bytes]) -> Call:
    def call(folder: Path) -> int:
        with zipfile.ZipFile(folder / _ARCHIVE, "w") as archive:
            for name, content in members:
                archive.writestr(name, content)
        return _read(folder / _ARCHIVE)

    return call


def _spoiled_zip(change: Callable[[bytes], bytes]) -> Call:
    def call(folder: Path) -> int:
        _zipped(("T1/T1.nii.gz", _bytes()))(folder)
        (folder / _ARCHIVE).write_bytes(change((folder / _ARCHIVE).read_bytes()))
        return _read(folder / _ARCHIVE)

    return call


def _without_orientation(content: bytes) -> bytes:
    return content[:252] + bytes(4) + content[256:]


def _brain_of_noise(folder: Path) -> int:
    values = np.random.default_rng(0).random((100, 110, 100), np.float32)
    (folder / "1000001.nii").write_bytes(_bytes(values, np.diag([2.0, 2, 2, 1])))
    try:
        return int(find_brain(head_of(read_source(folder / "1000001.nii", "t1")))[0].sum())
    except UnusableImageError as problem:
        refuse(Counter([str(problem)]), 1)
        raise


def _bids(session: str, *files: str) -> Call:
    """Names of the files that count in a folder of these."""

    def call(folder: Path) -> list[str]:
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).touch()
        settings = ImagingSettings(source="t1", t1=T1Settings(session=session))
        return [Path(path).name for path in study_images(str(folder), (2, 3), settings)["path"]]

    return call


def _engine(**settings: str) -> Call:
    return lambda _: Engine.of(T1Settings(**settings))


_TURNED = placed()[:, [1, 2, 0, 3]]
_COARSE = {edges: placed(edges) for edges in ((3.5, 2.0, 2.0), (2.0, 2.0, 6.0))}
_SESSIONS = tuple(f"sub-7/ses-{label}/anat/sub-7_ses-{label}_T1w.nii.gz" for label in ("2", "10"))
_PLAIN = "sub-7/anat/sub-7_T1w.nii.gz"

CASES: list[Case] = [
    handled("T1: plain", _saved(_bytes()), _TOTAL),
    handled("T1: whole numbers", _saved(_bytes(kind=np.int16)), _TOTAL),
    handled("T1: another order of axes", _saved(_bytes(np.transpose(_HEAD, (1, 2, 0)), _TURNED)), _TOTAL),
    handled("T1: a series of one", _saved(_bytes(_HEAD[..., None])), _TOTAL),
    handled("T1: in an archive", _zipped(("T1/T1.nii.gz", _bytes())), _TOTAL),
    clear("T1: no orientation", _saved(_without_orientation(_bytes())), "1 images whose header does not say where"),
    clear("T1: two volumes", _saved(_bytes(np.stack([_HEAD] * 2, -1))), "1 images that are not 3D"),
    clear("T1: constant", _saved(_bytes(0 * _HEAD + 7)), "1 empty images"),
    clear("T1: NaN inside", _saved(_bytes(np.where(_HEAD > 99, np.nan, _HEAD))), "1 images with missing values"),
    *(
        clear(f"T1: voxels of {max(edges)} mm", _saved(_bytes(affine=affine)), "1 images with voxels of more than 3 mm")
        for edges, affine in _COARSE.items()
    ),
    clear("T1: a slab", _saved(_bytes(_HEAD[:, :, 20:50])), "1 images whose field of view holds no whole head"),
    clear("T1: millimetres taken for metres", _saved(_bytes(affine=placed() / 1000)), "1 images whose affine|field of"),
    clear("T1: noise", _brain_of_noise, "1 images with a brain of less than 600 or more than 2500 ml"),
    clear("T1: an empty file", _saved(b""), "1 unreadable or truncated"),
    clear(
        "archive: unusable", _zipped(("T1/unusable/T1.nii.gz", _bytes())), "1 archives of scans that UK Biobank calls"
    ),
    clear("archive: without the T1", _zipped(("T2/T2.nii.gz", _bytes())), "1 archives without T1/T1.nii.gz"),
    clear("archive: empty", _spoiled_zip(lambda content: b""), "1 damaged or unreadable archives"),
    clear("archive: cut", _spoiled_zip(lambda content: content[:-30]), "1 damaged or unreadable archives"),
    clear(
        "archive: a wrong byte", _spoiled_zip(lambda c: c[:999] + b"\xff" + c[1000:]), "1 damaged or unreadable arch"
    ),
    clear("archive: not there", lambda folder: _read(folder / _ARCHIVE), "1 missing files"),
    handled("BIDS: no sessions", _bids("first", _PLAIN), ["sub-7_T1w.nii.gz"]),
    handled("BIDS: the first session", _bids("first", *_SESSIONS), ["sub-7_ses-2_T1w.nii.gz"]),
    handled("BIDS: the last session", _bids("last", *_SESSIONS), ["sub-7_ses-10_T1w.nii.gz"]),
    handled("BIDS: a session", _bids("10", *_SESSIONS, _PLAIN), ["sub-7_ses-10_T1w.nii.gz"]),
    clear("BIDS: no such session", _bids("3", *_SESSIONS), "no image of the session 3 in .*; its sessions: 2, 10"),
    clear("BIDS: no T1", _bids("first", "sub-7/anat/sub-7_T2w.nii.gz"), "no T1 image in the folder"),
    clear("BIDS: another's image", _bids("first", "sub-8/anat/sub-7_T1w.nii.gz"), "1 of 1 T1 images in .* lie in the"),
    clear("engine: no command", _engine(engine="command", outputs="{name}.nii"), "imaging.t1.command: engine command"),
    clear("engine: nothing to work on", _engine(engine="cat12", command="cat.sh"), "imaging.t1.command: engine cat12"),
    clear("engine: no outputs", _engine(engine="command", command="x {list}"), "imaging.t1.outputs: engine command"),
]
