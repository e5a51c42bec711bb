"""Gray-matter maps: lists, formats, what lies in them, where and on what scale; atlases."""

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pandas as pd
from nilearn.datasets import load_mni152_gm_template

from cgni.imaging.atlas import read_atlas
from cgni.imaging.atlas_names import read_names
from cgni.imaging.grids import common_grid
from cgni.imaging.paths import list_images
from cgni.imaging.plausibility import check_placement, off_scale
from cgni.imaging.reading import UnusableImageError, read_map, refuse
from cgni.imaging.resampling import resampled
from tests.unit.catalogue.case import Call, Case, clear, counted, encodings, handled, not_text, written

_SHAPE = (31, 37, 31)
_AFFINE = np.array([[6.0, 0, 0, -90], [0, 6, 0, -126], [0, 0, 6, -72], [0, 0, 0, 1]])
_TISSUE = np.rint(100 * resampled(load_mni152_gm_template(resolution=2), _SHAPE, _AFFINE, order=1)).astype(np.float32)
_TOTAL = round(float(_TISSUE.sum(dtype=np.float64)))
_VISITS = (2, 3)
_CAT12 = "sub-{participant_id}/mri/mwp1sub-{participant_id}*.nii"
_FOLDERS = ("sub-1/mri/mwp1sub-1.nii", "sub-12/mri/mwp1sub-12_T1w.nii", "sub-x_3/mri/mwp1sub-x_3-a.nii")
_PEOPLE = ["1", "12", "x_3"]
_LIST = "participant_id,path\n1,a.nii\n2,b.nii\n"


def _total(path: Path) -> int:
    """The sum of a map's values, once it has been taken for one."""
    common_grid([str(path)])
    try:
        return round(float(read_map(path).values.sum(dtype=np.float64)))
    except UnusableImageError as problem:
        refuse(Counter([str(problem)]), 1)
        raise


def _saved(
    values: np.ndarray, name: str = "map.nii", affine: np.ndarray = _AFFINE, kind: Any = nib.Nifti1Image
) -> Call:
    def call(folder: Path) -> int:
        kind(values, affine).to_filename(folder / name)
        return _total(folder / name)

    return call


def _patched(change: Callable[[bytearray], bytes | bytearray | None], name: str = "map.nii") -> Call:
    """A good file of which bytes are changed."""

    def call(folder: Path) -> int:
        nib.Nifti1Image(_TISSUE, _AFFINE).to_filename(folder / "good.nii")
        content = bytearray((folder / "good.nii").read_bytes())
        (folder / name).write_bytes(change(content) or content)
        return _total(folder / name)

    return call


def _zeroed(start: int, end: int) -> Callable[[bytearray], None]:
    def change(content: bytearray) -> None:
        content[start:end] = bytes(end - start)

    return change


def _with(value: float, *places: tuple[int, int, int]) -> np.ndarray:
    values = _TISSUE.copy()
    for place in places:
        values[place] = value
    return values


def _nan_for_zero() -> np.ndarray:
    return np.where(_TISSUE == 0, np.float32(np.nan), _TISSUE)


def _scales(*factors: float) -> Call:
    """How many of forty maps and others, times these factors, are left out."""
    scale = np.r_[np.ones(40), factors]
    index = pd.DataFrame({"total": 1000 * scale, "low": 0.0, "high": scale})
    return lambda _: int(off_scale(index, np.ones(len(index), dtype=bool)).sum())


def _range(low: float, high: float) -> Call:
    index = pd.DataFrame({"total": [9.0], "low": low, "high": high})
    return lambda _: off_scale(index, np.array([True]))


def _placed(affine: np.ndarray) -> Call:
    return lambda _: check_placement(_TISSUE, affine)


def _moved(axis: int, millimetres: float) -> np.ndarray:
    affine = _AFFINE.copy()
    affine[axis, 3] += millimetres
    return affine


def _atlas(labels: np.ndarray, table: str, affine: np.ndarray = _AFFINE) -> Call:
    def call(folder: Path) -> list[int]:
        nib.Nifti1Image(labels, affine).to_filename(folder / "atlas.nii")
        (folder / "labels.txt").write_text(table)
        return [
            int(label) for label in read_atlas(folder / "atlas.nii", folder / "labels.txt", _SHAPE, _AFFINE).present
        ]

    return call


def _damaged_atlas(folder: Path) -> None:
    content = gzip.compress(nib.Nifti1Image(_LABELS, _AFFINE).to_bytes(), mtime=0)
    (folder / "atlas.nii.gz").write_bytes(content[:60] + b"\xff" * 9 + content[69:])
    (folder / "labels.txt").write_text("1 a\n2 b\n")
    read_atlas(folder / "atlas.nii.gz", folder / "labels.txt", _SHAPE, _AFFINE)


def _unplaced_atlas(folder: Path) -> None:
    content = bytearray(nib.Nifti1Image(_LABELS, _AFFINE).to_bytes())
    content[252:256] = bytes(4)
    (folder / "atlas.nii").write_bytes(content)
    (folder / "labels.txt").write_text("1 a\n2 b\n")
    read_atlas(folder / "atlas.nii", folder / "labels.txt", _SHAPE, _AFFINE)


def _found(pattern: str, *files: str) -> Call:
    """Ids that a pattern finds among these files."""

    def call(folder: Path) -> list[str]:
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).touch()
        return list_images(str(folder / pattern), _VISITS)["participant_id"].tolist()

    return call


_LABELS = np.zeros(_SHAPE, np.int32)
_LABELS[10:20], _LABELS[20:25] = 1, 2
_ALLEN = [300_000_000, 600_000_000]
_KINDS = (np.uint8, np.int16, np.int32, np.uint16, np.float64)
_TABLES = {
    "spaces": "1 Frontal Pole\n2 Insula\n",
    "tabs": "1\tFrontal Pole\n2\tInsula\n",
    "commas": "1,Frontal Pole\n2,Insula\n",
    "semicolons and a header": "index;name\n1;Frontal Pole\n2;Insula\n",
    "a header": "index name\n1 Frontal Pole\n2 Insula\n",
    "quotes": '"1","Frontal Pole"\n"2","Insula"\n',
    "comments and a background": "# AAL\n0 Background\n1 Frontal Pole\n2 Insula\n",
    "codes": "1 Frontal Pole 2001\n2 Insula 2002\n",
    "colours": "1 Frontal Pole 1 2 3 0\n2 Insula 4 5 6 0\n",
    "colours before names": "index,R,G,B,name\n1,1,2,3,Frontal Pole\n2,4,5,6,Insula\n",
    "ITK-SNAP's": '# x\n 0 0 0 0 0 0 0 "Clear Label"\n 1 9 0 0 1 1 1 "Frontal Pole"\n 2 0 9 0 0.5 1 1 "Insula"\n',
}
_NAMES = {1: "Frontal Pole", 2: "Insula"}
_BROKEN_TABLES = {
    "empty": ("", "names no region"),
    "a name missing": ("1 a\n2\n", "line 2 is not `index name`"),
    "names first": ("a 1\nb 2\n", "line 1 is not `index name`"),
    "an index twice": ("1 a\n1 b\n", "1 indices appear more than once"),
    "a name twice": ("1 a\n2 a\n", "1 names appear more than once"),
}
# two scans of 1, a later one of 2, one of 3 at a visit without imaging
_OF_VISITS = "participant_id,instance,path\n1,3,a.nii\n1,2,b.nii\n2,3,c.nii\n3,0,d.nii\n"
_BROKEN_VISITS = {
    "another name for visits": ("instance", "session", "the column session is not read; call it instance"),
    "an empty visit": ("2,3,c", "2,,c", "1 lines without a visit"),
    "a visit in words": ("2,3,c", "2,first,c", "1 lines without a visit"),
    "a visit of -1": ("2,3,c", "2,-1,c", "1 lines without a visit"),
    "two images of a visit": ("1,3,a", "1,2,a", "1 people have more than one image; keep one each, or list"),
    "visits without imaging": ("1,3,a.nii\n1,2,b.nii\n2,3,c.nii\n", "", "no image of the visits 2, 3"),
}
_BROKEN_LISTS = {
    "no column path": ("participant_id,file\n1,a.nii\n", "no column path"),
    "no ids": ("path\na.nii\n", "no column participant_id"),
    "an empty path": ("participant_id,path\n1,\n", "1 lines without participant_id or path"),
    "somebody twice": (_LIST + "1,c.nii\n", "1 people have more than one image"),
    "a line cut short": (_LIST + "3\n", "line 4 has 1 cells, the header 2"),
    "no image": ("participant_id,path\n", "lists no image"),
    "an empty file": ("", "empty; expected a table"),
}


def _listed(path: Path) -> list[str]:
    return list_images(str(path), _VISITS)["participant_id"].tolist()


def _chosen(path: Path) -> list[str]:
    return [Path(own).name for own in list_images(str(path), _VISITS)["path"]]


CASES: list[Case] = [
    *(handled(f"images: {name}", written(text, _listed), ["1", "2"]) for name, text in encodings(_LIST).items()),
    handled("images: semicolons", written(_LIST.replace(",", ";"), _listed), ["1", "2"]),
    handled("images: floats for ids", written(_LIST.replace("1,", "1.0,"), _listed), ["1", "2"]),
    *(clear(f"images: {name}", written(text, _listed), message) for name, (text, message) in _BROKEN_LISTS.items()),
    clear(
        "images: a pattern that nothing matches",
        lambda f: list_images(f"{f}/{{participant_id}}.nii", _VISITS),
        "no file matches",
    ),
    handled("images: CAT12's folders", _found(_CAT12, *_FOLDERS), _PEOPLE),
    handled("images: CAT12's folders of sites", _found(f"*/{_CAT12}", *(f"s/{file}" for file in _FOLDERS)), _PEOPLE),
    handled("images: an id and a star", _found("{participant_id}_*.nii", "1_2_0.nii", "2_3_0.nii"), ["1", "2"]),
    handled("images: brackets in a folder", _found("a[1]/{participant_id}.nii", "a[1]/7.nii", "a1/8.nii"), ["7"]),
    handled("images: a person without the file", _found(_CAT12, *_FOLDERS, "sub-9/mri/wm9.nii"), _PEOPLE),
    clear(
        "images: two files of a person",
        _found(_CAT12, *_FOLDERS, "sub-1/mri/mwp1sub-1_b.nii", "sub-1/mri/mwp1sub-1_c.nii"),
        r"1 people have more than one image; make it match one file a person, or list them in a csv of .*instance",
    ),
    clear("images: another's map in a folder", _found(_CAT12, "sub-1/mri/mwp1sub-2.nii"), "1 files match"),
    clear("images: 12 in the folder of 1", _found(_CAT12, "sub-1/mri/mwp1sub-12.nii"), "with two different ids"),
    clear("images: a star where the id ends", _found("{participant_id}*.nii", "1a.nii"), "where the id ends cannot be"),
    clear("images: other braces", _found("{participant_id}_{visit}.nii", "1_2.nii"), "of braces only"),
    handled("images: the visit of each", written(_OF_VISITS, _chosen), ["b.nii", "c.nii"]),
    handled("images: Instance", written(_OF_VISITS.replace("inst", "Inst"), _chosen), ["b.nii", "c.nii"]),
    clear("images: two stars", _found("**/{participant_id}.nii", "a/1.nii", "a/b/2.nii"), r"write \*/ for each folder"),
    handled("images: the order of visits", written(_OF_VISITS.replace("2,3,", "2,2,"), _chosen), ["b.nii", "c.nii"]),
    *(
        clear(f"images: {name}", written(_OF_VISITS.replace(old, new), _chosen), message)
        for name, (old, new, message) in _BROKEN_VISITS.items()
    ),
    *not_text(_listed, "images"),
    *(handled(f"map: {kind.__name__}", _saved(_TISSUE.astype(kind)), _TOTAL) for kind in _KINDS),
    handled("map: big-endian", _saved(_TISSUE.astype(">f4")), _TOTAL),
    handled("map: gzip", _saved(_TISSUE, "map.nii.gz"), _TOTAL),
    handled("map: NIfTI-2", _saved(_TISSUE, kind=nib.Nifti2Image), _TOTAL),
    handled("map: a pair, by its header", _saved(_TISSUE, "map.hdr", kind=nib.Nifti1Pair), _TOTAL),
    handled("map: a pair, by its image", _saved(_TISSUE, "map.img", kind=nib.Nifti1Pair), _TOTAL),
    handled("map: a series of one", _saved(_TISSUE[..., None]), _TOTAL),
    handled("map: left and right exchanged in memory", _saved(_TISSUE[::-1], affine=_AFFINE * [-1, 1, 1, 1]), _TOTAL),
    handled("map: NaN for every zero", _saved(_nan_for_zero()), _TOTAL),
    handled("map: NaN at the border", _saved(_with(np.nan, (0, 0, 0), (0, 1, 0))), _TOTAL),
    clear("map: NaN inside", _saved(_with(np.nan, (15, 18, 15))), "1 images with missing values"),
    clear("map: infinite values", _saved(_with(np.inf, (15, 18, 15))), "1 images with infinite values"),
    clear("map: all zero", _saved(0 * _TISSUE), "1 empty images"),
    clear("map: a series", _saved(np.stack([_TISSUE, _TISSUE], -1)), "1 images that are not 3D"),
    clear("map: a slice", _saved(_TISSUE[:, :, 15]), "1 images that are not 3D"),
    clear("map: complex values", _saved(_TISSUE.astype(np.complex64)), "1 unreadable"),
    clear("map: Analyze", _saved(_TISSUE, "map.img", kind=nib.AnalyzeImage), "1 Analyze images"),
    clear("map: codes of both forms 0", _patched(_zeroed(252, 256)), "1 images whose header does not say where"),
    clear("map: an affine of zeros", _patched(_zeroed(280, 328)), "1 images whose affine does not place the voxels"),
    clear(
        "map: cut in the middle", _patched(lambda content: content[: len(content) // 2]), "1 unreadable or truncated"
    ),
    clear("map: cut in the header", _patched(lambda content: content[:200]), "1 unreadable or truncated"),
    clear("map: an empty file", _patched(lambda _: b"x"), "1 unreadable or truncated"),
    clear("map: gzip cut short", _patched(lambda c: gzip.compress(c)[:-9], "map.nii.gz"), "1 unreadable or truncated"),
    clear("map: another kind of file", _patched(lambda _: b"\x89PNG\r\n" + bytes(400)), "1 unreadable or truncated"),
    clear("map: no such file", lambda folder: _total(folder / "none.nii"), "1 missing files"),
    *(counted(f"scale: one map times {factor}", _scales(factor), 1) for factor in (255, 1000, 0.001, -1)),
    counted("scale: healthy maps", _scales(0.7, 1.4), 0),
    clear("scale: a fifth of the maps times 4", _scales(*[4] * 10), "10 of 50 maps are on another scale"),
    clear(
        "scale: all times 255",
        _range(0, 255),
        "check units",
    ),
    clear(
        "scale: all minus 5",
        _range(-5, 1),
        "check units",
    ),
    clear("place: 12 mm to the right", _placed(_moved(0, 12)), "when shifted by"),
    clear("place: 12 mm down", _placed(_moved(2, -12)), "when shifted by"),
    clear("place: micrometres", _placed(np.diag([1000, 1000, 1000, 1]) @ _AFFINE), r"6e\+03 mm; the headers' units"),
    clear("place: metres", _placed(np.diag([0.001, 0.001, 0.001, 1]) @ _AFFINE), "the headers' units are others"),
    clear(
        "place: everything but gray matter", lambda _: check_placement(100 - _TISSUE, _AFFINE), "correlates by r = -1"
    ),
    clear("place: an identity affine", _placed(np.eye(4)), "the mean map"),
    handled("atlas: of the maps", _atlas(_LABELS, "1 a\n2 b\n"), [1, 2]),
    handled("atlas: labels above 32,767", _atlas(20000 * _LABELS, "20000 a\n40000 b\n"), [20000, 40000]),
    handled("atlas: a dollar sign in a name", _atlas(_LABELS, "1 $a\n2 b_{c\n"), [1, 2]),
    handled("atlas: float numbers", _atlas(_LABELS.astype(np.float32), "1 a\n2 b\n"), [1, 2]),
    handled("atlas: labels as large as Allen's", _atlas(300_000_000 * _LABELS, "300000000 a\n600000000 b\n"), _ALLEN),
    clear(
        "atlas: labels beyond 32 bits", _atlas(_LABELS * 3e9, "3000000000 a\n6000000000 b\n"), "voxels are no labels"
    ),
    clear("atlas: nothing but background", _atlas(0 * _LABELS, "1 a\n"), "holds no label"),
    clear("atlas: colours", _atlas(np.zeros(_SHAPE, [("R", "u1"), ("G", "u1"), ("B", "u1")]), "1 a\n"), "are colours"),
    clear("atlas: complex numbers", _atlas(_LABELS.astype(np.complex64), "1 a\n2 b\n"), "other things than numbers"),
    clear("atlas: an identity affine", _atlas(_LABELS, "1 a\n2 b\n", np.eye(4)), "does not say where the voxels lie"),
    clear("atlas: codes of both forms 0", _unplaced_atlas, "does not say where the voxels lie"),
    clear("atlas: labels without names", _atlas(_LABELS, "1 a\n"), "1 of 2 labels have no line"),
    clear("atlas: a table shifted by one", _atlas(_LABELS, "2 a\n3 b\n"), "1 of 2 labels have no line"),
    clear("atlas: 4D", _atlas(np.stack([_LABELS] * 2, -1), "1 a\n2 b\n"), "4 dimensions"),
    clear("atlas: probabilities", _atlas((_LABELS / 3).astype(np.float32), "1 a\n"), "voxels are no labels"),
    clear("atlas: NaN", _atlas(np.full(_SHAPE, np.nan, np.float32), "1 a\n"), "voxels are no labels"),
    clear("atlas: negative labels", _atlas(-_LABELS, "1 a\n2 b\n"), "voxels are no labels"),
    clear("atlas: damaged gzip", _damaged_atlas, "not a readable label image"),
    clear("atlas: another space", _atlas(_LABELS, "1 a\n2 b\n", _moved(0, 900)), "has a voxel where the gray-matter"),
    *(handled(f"labels: {name}", written(text, read_names), _NAMES) for name, text in _TABLES.items()),
    *(
        handled(f"labels: {name}", written(text, read_names), _NAMES)
        for name, text in encodings(_TABLES["tabs"]).items()
    ),
    *(clear(f"labels: {name}", written(text, read_names), message) for name, (text, message) in _BROKEN_TABLES.items()),
    *not_text(read_names, "labels"),
]
