"""Maps on another scale or in another place are told from the others."""

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from nilearn.datasets import load_mni152_gm_template
from scipy.ndimage import rotate

from cgni.base.errors import InputError
from cgni.imaging.plausibility import check_placement, off_scale, refuse_doubled
from cgni.imaging.resampling import resampled

SHAPE = (31, 37, 31)
AFFINE = np.array([[6.0, 0, 0, -90], [0, 6, 0, -126], [0, 0, 6, -72], [0, 0, 0, 1]])


def _off(index: pd.DataFrame) -> np.ndarray:
    """Off maps, every map counting for the medians."""
    return off_scale(index, np.ones(len(index), dtype=bool))


def _index(*factors: float, offset: float = 0.0) -> pd.DataFrame:
    """Forty maps of healthy totals (.75 to 1.25 of 1,000) and ranges, then one for each factor."""
    scale = np.r_[np.ones(40), factors]
    total = np.r_[np.linspace(750, 1250, 40), np.full(len(factors), 1000.0)]
    return pd.DataFrame({"total": total * scale + 30_000 * offset, "low": offset, "high": scale + offset})


def test_healthy_maps_are_on_one_scale() -> None:
    assert not _off(_index()).any()


@pytest.mark.parametrize("factor", [255, 1000, 0.001, -1])
def test_one_map_on_another_scale_is_found_and_the_others_stay(factor: float) -> None:
    assert np.flatnonzero(_off(_index(factor))).tolist() == [40]


def test_an_offset_or_a_hot_voxel_in_one_map_is_found() -> None:
    index = _index(1, 1)
    index.loc[40, ["total", "low", "high"]] = [1000 - 5 * 30_000, -5, -4]
    index.loc[41, "high"] = 90
    assert np.flatnonzero(_off(index)).tolist() == [40, 41]


@pytest.mark.parametrize(("factor", "offset"), [(255, 0), (0.001, 0), (1, -5)])
def test_maps_that_are_all_on_another_scale_are_refused(factor: float, offset: float) -> None:
    index = _index(offset=offset)
    with pytest.raises(InputError, match=r"in the median of 40 maps; expected modulated gray matter per voxel"):
        _off(index * factor)


def test_two_scales_in_one_study_are_refused() -> None:
    with pytest.raises(InputError, match=r"10 of 50 maps are on another scale than the others"):
        _off(_index(*[4.0] * 10))


def test_the_template_lies_on_itself() -> None:
    template = resampled(load_mni152_gm_template(resolution=2), SHAPE, AFFINE, order=1)
    check_placement(template, AFFINE)


@pytest.mark.parametrize(("axis", "shift"), [(0, 12), (1, -12), (2, 18)])
def test_a_wrong_origin_is_refused(axis: int, shift: int) -> None:
    moved = AFFINE.copy()
    moved[axis, 3] += shift
    template = resampled(load_mni152_gm_template(resolution=2), SHAPE, AFFINE, order=1)
    with pytest.raises(InputError, match=rf"when shifted by {-shift:+d} mm along voxel axis {axis + 1}|r = 0\.\d+"):
        check_placement(template, moved)


@pytest.mark.parametrize("degrees", [-20, 20])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_turned_maps_are_refused(axis: int, degrees: int) -> None:
    """Scipy turns the voxels, which are as long as wide; the plane is that across the axis."""
    plane = tuple(other for other in range(3) if other != axis)
    template = resampled(load_mni152_gm_template(resolution=2), SHAPE, AFFINE, order=1)
    with pytest.raises(InputError, match=r"when (turned by 15 degrees|shifted)"):
        check_placement(rotate(template, degrees, plane, reshape=False, order=1), AFFINE)


@pytest.mark.parametrize(("factor", "told"), [(1.2, "0.87"), (0.83, "1.15")])
def test_stretched_maps_are_refused(factor: float, told: str) -> None:
    larger = np.diag([factor, factor, factor, 1.0]) @ AFFINE
    template = resampled(load_mni152_gm_template(resolution=2), SHAPE, AFFINE, order=1)
    placed = resampled(nib.Nifti1Image(template.astype(np.float32), larger), SHAPE, AFFINE, order=1)
    with pytest.raises(InputError, match=rf"when made {told} times as large|when shifted"):
        check_placement(placed, AFFINE)


def test_what_is_no_gray_matter_in_mni_space_is_refused() -> None:
    for affine, values in (
        (AFFINE, np.random.default_rng(0).random(SHAPE)),
        (np.eye(4), resampled(load_mni152_gm_template(resolution=2), SHAPE, AFFINE, order=1)),
    ):
        with pytest.raises(InputError, match=r"inputs\.images: the mean map"):
            check_placement(values, affine)


def test_one_map_of_two_people_is_refused_and_equal_checksums_alone_are_not() -> None:
    index = _index().assign(crc32=np.arange(40))
    index.loc[1, "crc32"] = 0
    refuse_doubled(index)
    copied = pd.concat([index, index.iloc[[3]]], ignore_index=True)
    with pytest.raises(InputError, match=r"2 of 41 people have a map that another one has too"):
        refuse_doubled(copied)


def test_maps_of_others_than_the_reference_people_set_no_limit() -> None:
    """Four held-out maps of four times the scale are judged by forty others, whose own limits they do not move."""
    index = _index(*[4.0] * 4)
    reference = np.arange(len(index)) < 40
    heavier = index.assign(total=np.where(reference, index["total"], 2000.0), high=1.0)
    for held_out in (index, heavier):
        assert (off_scale(held_out, reference)[:40] == _off(index)[:40]).all()
    assert off_scale(index, reference).sum() == 4
