"""UK Biobank's archives of field 20252: read without unpacking them; what is wrong with one is said."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from cgni.imaging.reading import UnusableImageError
from cgni.imaging.t1.archives import MEMBERS, is_archive, read_source, stated_instance
from tests.unit.imaging.t1.heads import image_bytes, made_head, placed, zipped

_VALUES = np.rint(made_head()).astype(np.float32)
_T1, _VBM = image_bytes(_VALUES, placed()), image_bytes(_VALUES / 100, placed())


def _whole(folder: Path) -> Path:
    return zipped(folder / "1000001_20252_2_0.zip", T1__T1=_T1, T1__T1_vbm__T1_GM_to_template_GM_mod=_VBM, T1__x=b"x")


def test_the_member_that_the_source_means_is_read(tmp_path: Path) -> None:
    path = _whole(tmp_path)
    before = sorted(tmp_path.iterdir())
    read = read_source(path, "t1")
    np.testing.assert_array_equal(read.values, _VALUES)
    np.testing.assert_allclose(read.affine, placed(), rtol=1e-6)
    np.testing.assert_allclose(read_source(str(path), "ukb_vbm").values, _VALUES / 100, rtol=1e-6)
    assert sorted(tmp_path.iterdir()) == before, "nothing is unpacked"
    with zipfile.ZipFile(path) as archive:
        assert set(MEMBERS.values()) <= set(archive.namelist())


def test_a_member_that_is_not_compressed_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("T1/T1.nii.gz", _T1)
    np.testing.assert_array_equal(read_source(tmp_path / "a.zip", "t1").values, _VALUES)


def test_a_file_that_is_no_archive_is_read_as_an_image(tmp_path: Path) -> None:
    (tmp_path / "1.nii.gz").write_bytes(_T1)
    np.testing.assert_array_equal(read_source(tmp_path / "1.nii.gz", "t1").values, _VALUES)
    assert is_archive("a/1_20252_2_0.ZIP") and not is_archive("a.zip/1.nii.gz")


def _unusable(folder: Path) -> Path:
    return zipped(folder / "a.zip", T1__unusable__T1=_T1)


def _encrypted(folder: Path) -> Path:
    """The flag that says so, set in both of the headers of the only member."""
    path = zipped(folder / "a.zip", T1__T1=_T1)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    return path


def _flipped(folder: Path) -> Path:
    path = _whole(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 255
    path.write_bytes(content)
    return path


def _cut(folder: Path) -> Path:
    path = _whole(folder)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _with_t1(content: bytes) -> object:
    return lambda folder: zipped(folder / "a.zip", T1__T1=content)


_WRONG = {
    "unusable": (_unusable, "t1", r"^archives of scans that UK Biobank calls unusable \(T1/unusable\)$"),
    "without the T1": (lambda f: zipped(f / "a.zip", T1__x=_T1), "t1", "^archives without T1/T1.nii.gz$"),
    "without the map": (lambda f: zipped(f / "a.zip", T1__T1=_T1), "ukb_vbm", "^archives without T1/T1_vbm/T1_GM_to"),
    "empty": (lambda f: zipped(f / "a.zip"), "t1", "^archives without"),
    "no such file": (lambda f: f / "1000001.zip", "t1", "^missing files$"),
    "a folder": (lambda f: f.joinpath("a.zip").mkdir() or f / "a.zip", "t1", "^damaged or unreadable archives$"),
    "cut": (_cut, "t1", "^damaged or unreadable archives$"),
    "a flipped byte": (_flipped, "t1", "^damaged or unreadable archives$"),
    "encrypted": (_encrypted, "t1", "^damaged or unreadable archives$"),
    "a member of noise": (_with_t1(b"\x1f\x8b" + bytes(30)), "t1", "^damaged or unreadable archives$"),
    "a member that is no image": (_with_t1(b"no image"), "t1", "^unreadable or truncated files$"),
    "two volumes": (_with_t1(image_bytes(np.stack([_VALUES] * 2, -1), placed())), "t1", "^images that are not 3D$"),
    "constant": (_with_t1(image_bytes(np.ones((70, 70, 70)), placed())), "t1", "^empty images"),
}


@pytest.mark.parametrize("name", _WRONG)
def test_what_is_wrong_with_an_archive_is_said(name: str, tmp_path: Path) -> None:
    make, source, message = _WRONG[name]
    with pytest.raises(UnusableImageError, match=message) as problem:
        read_source(make(tmp_path), source)
    assert "1000001" not in str(problem.value)


@pytest.mark.parametrize(
    ("path", "visit"),
    [
        ("a/1000001_20252_2_0.zip", 2),
        ("1000001_20252_3_1.zip", 3),
        ("1000001_20252_2_0/T1.nii.gz", None),
        ("sub-1.zip", None),
    ],
)
def test_the_name_of_an_archive_states_the_visit(path: str, visit: int | None) -> None:
    assert stated_instance(path) == visit
