"""Real heads, whole and spoiled: what must work does, and each that cannot be used gets one clear reason."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import binary_closing, binary_dilation, binary_fill_holes, zoom

from cgni.imaging.reading import ReadMap, UnusableImageError, read_map
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.by_ants import AntsMaker
from cgni.imaging.t1.head import Head, head_of
from cgni.imaging.t1.segmentation import Segmented, find_brain, segment
from cgni.imaging.t1.templates import templates
from tests.unit.imaging.t1.heads import REAL, as_read, needs_real

_VOXEL_MM, _SMOOTH = 4.0, 6.0
_NO_T1 = "^images of no head or of another contrast than T1"


@cache
def _real() -> Head:
    return head_of(read_map(sorted(REAL.glob("*_T1.nii.gz"))[0]))


@cache
def _brain() -> np.ndarray:
    return find_brain(_real())[0]


def _changed(values: np.ndarray) -> ReadMap:
    return as_read(values, _real().affine)


def _made_up(values: np.ndarray) -> ReadMap:
    return as_read(values, np.diag([2.0, 2, 2, 1]))


def _from_middle() -> np.ndarray:
    return np.indices((100, 110, 100)) - np.array([50, 55, 50]).reshape(3, 1, 1, 1)


def _sphere() -> ReadMap:
    return _made_up(100.0 * ((_from_middle() ** 2).sum(axis=0) < 40**2))


def _arm() -> ReadMap:
    """Skin, muscle, bone and marrow around the z axis."""
    x, y, _ = _from_middle()
    away = np.hypot(x, y)
    return _made_up(np.select([away < 5, away < 8, away < 20, away < 25], [50.0, 30.0, 120.0, 60.0], 0.0))


def _noise() -> ReadMap:
    return _made_up(np.random.default_rng(0).random((100, 110, 100)))


def _cut(axis: int, at_start: bool, millimetres: float) -> ReadMap:
    """Without the outermost part of the brain on one side."""
    places = np.flatnonzero(_brain().any(axis=tuple(other for other in range(3) if other != axis)))
    voxels = round(millimetres / 2)
    first, stop = (places[0] + voxels, None) if at_start else (0, places[-1] - voxels)
    values = _real().values[tuple(slice(first, stop) if own == axis else slice(None) for own in range(3))]
    affine = _real().affine.copy()
    affine[:3, 3] += affine[:3, axis] * first
    return as_read(values, affine)


def _inverted() -> ReadMap:
    """Gray matter brighter than white matter, as on T2-weighted images."""
    values, brain = _real().values, _brain()
    bright = np.percentile(values[brain], 99)
    return _changed(np.where(brain, np.clip(bright - values, 0, None) + 10, values))


def _computed_tomography() -> ReadMap:
    """Hounsfield's units: bright bone around a brain of one gray."""
    head = binary_fill_holes(binary_closing(_real().values > 0.1 * np.percentile(_real().values, 99), iterations=2))
    skull = binary_dilation(_brain(), iterations=4) & ~binary_dilation(_brain(), iterations=1)
    values = np.select([_brain(), skull, head], [35.0, 900.0, 40.0], -1000.0)
    return _changed(values + np.random.default_rng(1).normal(0, 4, values.shape))


def _gray_matter_map() -> ReadMap:
    return read_map(sorted((REAL.parent / "images").glob("*.nii.gz"))[0])


def _defaced() -> ReadMap:
    """Zero below and before the brain, as tools that hide faces leave it."""
    brain, (_, y, z) = _brain(), np.indices(_real().values.shape)
    rows, slices = (np.flatnonzero(brain.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    face = (z < slices[0] + 0.35 * np.ptp(slices)) & (y > rows[0] + 0.6 * np.ptp(rows))
    return _changed(np.where(face & ~binary_dilation(brain, iterations=2), 0, _real().values))


def _stripped() -> ReadMap:
    return _changed(np.where(_brain(), _real().values, 0))


def _coarser(read: ReadMap) -> ReadMap:
    """The same at 3 mm, the largest voxels that are taken: what is refused is refused there too, in half the time."""
    factors = np.linalg.norm(read.affine[:3, :3], axis=0) / 3
    return as_read(zoom(read.values, factors, order=1), read.affine @ np.diag([*(1 / factors), 1]))


def _segmented(read: ReadMap) -> Segmented:
    return segment(head_of(read), templates(_VOXEL_MM), _SMOOTH)


@pytest.fixture(scope="module")
def whole() -> Segmented:
    """The real head as it is."""
    return segment(_real(), templates(_VOXEL_MM), _SMOOTH)


@needs_real
def test_the_brain_of_a_real_head_is_whole() -> None:
    mask, measures = find_brain(_real())
    assert 1200 < mask.sum() * _real().voxel_ml < 1700
    assert measures == {"cut_cm2": 0, "stripped": False, "voxel_mm": 2.0}
    assert find_brain(head_of(_stripped()))[1]["stripped"]


@needs_real
@pytest.mark.parametrize(
    ("axis", "at_start", "millimetres"), [(2, False, 30), (2, True, 16), (0, True, 16), (1, False, 20)]
)
def test_a_cut_brain_is_refused(axis: int, at_start: bool, millimetres: float) -> None:
    with pytest.raises(UnusableImageError, match=r"^images that cut off a part of the brain$"):
        find_brain(head_of(_cut(axis, at_start, millimetres)))


def test_noise_is_refused() -> None:
    with pytest.raises(UnusableImageError, match=r"^images with a brain of less than 600 or more than 2500 ml$"):
        find_brain(head_of(_noise()))


def test_an_image_of_next_to_nothing_is_refused() -> None:
    values = np.zeros((100, 110, 100), np.float32)
    values[50, 55, 50] = 1
    with pytest.raises(UnusableImageError, match=r"^images in which no brain was found$"):
        find_brain(head_of(_made_up(values)))


@pytest.mark.slow
@needs_real
@pytest.mark.parametrize("make", [_inverted, _computed_tomography, _gray_matter_map])
def test_another_contrast_is_refused(make: Callable[[], ReadMap]) -> None:
    with pytest.raises(UnusableImageError, match=_NO_T1):
        _segmented(_coarser(make()))


@pytest.mark.slow
@pytest.mark.parametrize("make", [_sphere, _arm])
def test_what_is_no_head_is_refused(make: Callable[[], ReadMap]) -> None:
    with pytest.raises(UnusableImageError, match=_NO_T1):
        _segmented(_coarser(make()))


@pytest.mark.slow
@needs_real
def test_a_real_head_gives_a_map_that_holds_its_gray_matter(whole: Segmented) -> None:
    measures = whole.measures
    assert abs(measures["conservation"]) < 0.01 and measures["folded_voxels"] == 0
    assert measures["modulated_ml"] == pytest.approx(whole.unsmoothed.sum() * _VOXEL_MM**3 / 1000, rel=1e-5)
    assert measures["r_template"] > 0.9 and 0.7 < measures["gray_to_white"] < 0.96
    assert measures["tiv_ml"] == pytest.approx(sum(measures[f"{part}_ml"] for part in ("gm", "wm", "csf")))
    assert whole.gray.shape == templates(_VOXEL_MM).grid.shape == whole.t1.shape
    assert whole.gray.sum() == pytest.approx(whole.unsmoothed.sum(), rel=0.01)


@pytest.mark.slow
@needs_real
@pytest.mark.parametrize(
    ("make", "share", "stripped"), [(_defaced, 0.02, False), (_stripped, 0.03, True)], ids=["defaced", "stripped"]
)
def test_heads_without_face_or_skull_give_the_same_volume(
    make: Callable[[], ReadMap], share: float, stripped: bool, whole: Segmented
) -> None:
    found = _segmented(make())
    for name in ("gm_ml", "modulated_ml", "tiv_ml"):
        assert found.measures[name] == pytest.approx(whole.measures[name], rel=share), name
    assert found.measures["stripped"] is stripped
    assert np.corrcoef(found.gray.ravel(), whole.gray.ravel())[0, 1] > 0.99


@pytest.mark.slow
@needs_real
def test_another_process_gives_the_same_map_and_leaves_nothing_behind(
    tmp_path: Path, whole: Segmented, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last bit: neither the images before nor a clock may count."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    own = Places.of(tmp_path / "t1", "1")
    answer = AntsMaker(_VOXEL_MM, _SMOOTH).make(str(sorted(REAL.glob("*_T1.nii.gz"))[0]), own)
    assert answer.measures == whole.measures
    np.testing.assert_array_equal(read_map(own.map).values, whole.gray)
    assert own.preview.is_file() and list((tmp_path / "temporary").iterdir()) == []
