"""Maps of UK Biobank's pipeline: smoothed on their own grid, nothing lost."""

from pathlib import Path

import numpy as np
import pytest
from nilearn.datasets import load_mni152_gm_template
from scipy.ndimage import gaussian_filter

from cgni.imaging.likeness import correlation
from cgni.imaging.reading import read_map
from cgni.imaging.t1.answer import Answer
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.by_vbm import VbmMaker
from cgni.imaging.t1.smoothing import likeness, smoothed_map
from tests.unit.imaging.t1.heads import image_bytes, zipped

_SHAPE, _EDGES = (80, 60, 45), np.array([2.0, 3.0, 4.0])
_AFFINE = np.array([[-2.0, 0, 0, 90], [0, 3, 0, -126], [0, 0, 4, -72], [0, 0, 0, 1]])  # x runs to the left, as FSL's


def _blocks() -> np.ndarray:
    values = np.zeros(_SHAPE, np.float32)
    inside = tuple(slice(14, size - 14) for size in _SHAPE)
    values[inside] = np.random.default_rng(0).random(values[inside].shape)
    return values


@pytest.mark.parametrize("fwhm", [6.0, 8.0, 2.5])
def test_smoothing_is_a_gaussian_in_millimetres(fwhm: float) -> None:
    values = _blocks()
    final, measures = smoothed_map(values, _AFFINE, fwhm)
    sigma_mm = fwhm / (2 * np.sqrt(2 * np.log(2)))
    np.testing.assert_allclose(final, gaussian_filter(values, sigma_mm / _EDGES, mode="constant"), atol=1e-6)
    assert final.sum(dtype=float) == pytest.approx(values.sum(dtype=float), rel=1e-3)
    assert measures["modulated_ml"] == pytest.approx(values.sum(dtype=float) * 24 / 1000)


def test_a_point_becomes_half_as_high_at_half_the_width_in_every_direction() -> None:
    values = np.zeros((41, 41, 41), np.float32)
    values[20, 20, 20] = 1
    affine = np.diag([1.0, 2.0, 0.5, 1])
    final, _ = smoothed_map(values, affine, 8.0)
    for place in ((24, 20, 20), (20, 22, 20), (20, 20, 28)):  # 4 mm away
        assert final[place] == pytest.approx(final[20, 20, 20] / 2, rel=0.02)


def test_no_smoothing_keeps_every_value() -> None:
    np.testing.assert_array_equal(smoothed_map(_blocks(), _AFFINE, 0.0)[0], _blocks())


def test_the_template_is_like_itself_and_unlike_its_mirror() -> None:
    template = load_mni152_gm_template(resolution=2)
    values = template.get_fdata(dtype=np.float32)
    final, measures = smoothed_map(values, template.affine, 6.0)
    assert measures["r_template"] > 0.99 and measures["r_template_in_mask"] > 0.97
    upside_down = likeness(np.ascontiguousarray(final[:, :, ::-1]), template.affine, 6.0)
    assert upside_down["r_template"] < 0.8 and upside_down["r_template_in_mask"] < 0.3
    assert np.isnan(correlation(np.ones(9), np.arange(9)))


def test_the_map_of_an_archive_is_written_on_its_own_grid(tmp_path: Path) -> None:
    path = zipped(tmp_path / "1.zip", T1__T1_vbm__T1_GM_to_template_GM_mod=image_bytes(_blocks(), _AFFINE))
    own = Places.of(tmp_path / "t1", "1")
    answer = VbmMaker(6.0).make(str(path), own)
    read = read_map(own.map)
    np.testing.assert_allclose(read.values, smoothed_map(_blocks(), _AFFINE, 6.0)[0], atol=1e-6)
    np.testing.assert_allclose(read.affine, _AFFINE)
    assert answer.reason is None and set(answer.measures or {}) == {"modulated_ml", "r_template", "r_template_in_mask"}
    before = own.map.read_bytes()
    VbmMaker(6.0).make(str(path), own)
    assert own.map.read_bytes() == before, "the same bytes again"


def test_an_archive_without_the_map_is_a_reason(tmp_path: Path) -> None:
    own = Places.of(tmp_path / "t1", "1")
    made = VbmMaker(6.0).make(str(zipped(tmp_path / "1.zip", T1__T1=b"")), own)
    assert made == Answer(reason="archives without T1/T1_vbm/T1_GM_to_template_GM_mod.nii.gz", again=True)
    assert not own.map.exists()
