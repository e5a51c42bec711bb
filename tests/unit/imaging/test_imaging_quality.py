"""Correlation of gray-matter maps with their reference, against plain numpy loops."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import median_abs_deviation, spearmanr

from cgni.base.errors import InputError
from cgni.imaging.grids import common_grid
from cgni.imaging.mask import gray_matter_mask
from cgni.imaging.packing import pack_maps
from cgni.imaging.quality import (
    Quality,
    attrition_rows,
    deciding_r,
    lowest_r,
    quality_table,
    relations,
    worst_rows,
)
from cgni.imaging.reference import correlate_with_reference
from cgni.imaging.settings import ImageQcSettings
from cgni.imaging.store import open_maps

REAL = Path(__file__).resolve().parents[4] / "shared" / "real" / "images"


def _maps(count: int = 45) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    shared = rng.random((5, 6, 7))
    maps = (shared + 0.3 * rng.random((count, 5, 6, 7))).astype(np.float16)
    return maps, rng.random((5, 6, 7)) > 0.4, rng.random(count) > 0.3


def _qc(correlation: float, deviations: float | None = 3.5) -> ImageQcSettings:
    return ImageQcSettings(correlation=correlation, deviations=deviations)


def test_outliers_inside_the_mask_are_told_by_median_and_deviation() -> None:
    """The rule against scipy's normal-consistent median absolute deviation; a map off it does not pass."""
    rng = np.random.default_rng(3)
    r = rng.normal(0.85, 0.02, 200)
    expected = np.median(r) - 3.5 * median_abs_deviation(r, scale="normal")
    assert lowest_r(r, _qc(0.9)) == pytest.approx(expected, rel=1e-4)
    assert lowest_r(np.append(r, np.nan), _qc(0.9)) == lowest_r(r, _qc(0.9))
    assert lowest_r(r, _qc(0.9, None)) == -1
    same = np.full(50, 0.9)
    assert lowest_r(same, _qc(0.9)) == pytest.approx(0.9 - 3.5 * 0.005), "maps alike have no outliers among them"
    r[7] = expected - 0.01
    members, none = np.arange(200) < 150, np.zeros(200, dtype=bool)
    quality = Quality(r, np.full(200, 0.95), np.zeros((2, 2, 2)))
    ids = pd.Index([str(number) for number in range(200)])
    lowest = lowest_r(r[members], _qc(0.9))
    table = quality_table(ids, quality, members, none, _qc(0.9))
    np.testing.assert_array_equal(table["passed"], r >= lowest)
    assert not table["passed"][7] and deciding_r(table, _qc(0.9)) == ("r", lowest)
    everything = quality_table(ids, quality, members, none, _qc(0.9, None))
    assert everything["passed"].all() and deciding_r(everything, _qc(0.9, None)) == ("r_image", 0.9)
    images = {"listed": 200, "resampled": 0, "blank": 0}
    assert len(attrition_rows(everything, images, _qc(0.9, None))) == 4


@pytest.mark.parametrize("leave_one_out", [True, False])
def test_r_is_that_of_a_plain_loop(leave_one_out: bool) -> None:
    maps, mask, members = _maps()
    expected, over_all = [], []
    for row in range(len(maps)):
        others = members.copy()
        if leave_one_out:
            others[row] = False
        mean, own = maps[others].astype(np.float64).mean(axis=0), maps[row].astype(np.float64)
        expected.append(np.corrcoef(own[mask], mean[mask])[0, 1])
        over_all.append(np.corrcoef(own.ravel(), mean.ravel())[0, 1])
    quality = correlate_with_reference(maps, mask, members, leave_one_out, threads=2)
    np.testing.assert_allclose(quality.r, expected, atol=1e-6)  # the sum of a piece of maps is float32
    np.testing.assert_allclose(quality.r_image, over_all, atol=1e-5)
    again = correlate_with_reference(maps, mask, members, leave_one_out, threads=1)
    np.testing.assert_array_equal(again.r, quality.r)
    np.testing.assert_array_equal(again.r_image, quality.r_image)
    np.testing.assert_allclose(quality.reference, maps[members].astype(np.float64).mean(axis=0), atol=1e-6)


def test_scaled_numbers_give_the_r_of_their_values() -> None:
    maps, mask, members = _maps()
    scale = np.random.default_rng(1).uniform(0.5, 2, len(maps)).astype(np.float32)
    stored = np.rint(maps * 100).astype(np.uint8)
    values = stored.astype(np.float32) * scale[:, None, None, None]
    expected = correlate_with_reference(values, mask, members, True)
    quality = correlate_with_reference(stored, mask, members, True, scale)
    np.testing.assert_allclose(quality.r, expected.r, atol=1e-6)
    np.testing.assert_allclose(quality.reference, expected.reference, rtol=1e-5)


def test_people_outside_the_reference_do_not_move_it() -> None:
    maps, mask, members = _maps()
    before = correlate_with_reference(maps, mask, members, True)
    changed = maps.copy()
    changed[~members] = changed[~members][:, ::-1]
    after = correlate_with_reference(changed, mask, members, True)
    np.testing.assert_array_equal(before.reference, after.reference)
    np.testing.assert_array_equal(before.r[members], after.r[members])


def test_a_map_without_variance_in_the_mask_has_no_r_and_fails() -> None:
    maps, mask, members = _maps()
    maps[3][mask] = 0.5
    quality = correlate_with_reference(maps, mask, members, True)
    assert np.isnan(quality.r[3])
    ids = pd.Index([str(number) for number in range(len(maps))])
    table = quality_table(ids, quality, members, np.zeros(len(maps), dtype=bool), _qc(0.5))
    assert not table["passed"][3]
    assert table["passed"].sum() == len(maps) - 1
    rows = attrition_rows(table, {"listed": 50, "resampled": 2, "blank": 3}, _qc(0.5))
    assert rows["removed"].tolist() == [0, 5, 0, 0, 1]
    assert rows["left"].tolist() == [50, 45, 45, 45, 44]
    assert rows["note"][1] == "2 of them resampled to the common grid, 3 with NaN as background"
    assert worst_rows(quality.r, 2).tolist() == [3, int(np.nanargmin(quality.r))]


def test_relations_are_those_of_scipy_and_of_a_sum_of_squares() -> None:
    rng = np.random.default_rng(0)
    ids = [str(number) for number in range(60)]
    people = pd.DataFrame({"participant_id": ids, "site": ["a", "b", "c"] * 20, "sex": 1, "age": [np.nan] * 60})
    people["head_size"] = rng.normal(1.3, 0.1, 60)
    table = pd.DataFrame({"participant_id": ids, "r": 0.9 - 0.1 * people["head_size"] + 0.01 * rng.random(60)})
    table.loc[5, "r"] = np.nan
    found = relations(table, people).set_index("variable")
    assert list(found.index) == ["site", "head_size"]  # sex does not vary, age is unknown
    known = table["r"].notna()
    expected = spearmanr(people["head_size"][known], table["r"][known])
    assert found.loc["head_size", ["value", "p", "n"]].tolist() == pytest.approx([*expected, 59])
    groups = table["r"].groupby(people["site"])
    within = sum(((group - group.mean()) ** 2).sum() for _, group in groups)
    assert found.loc["site", "value"] == pytest.approx(1 - within / ((table["r"] - table["r"].mean()) ** 2).sum())


def test_nobody_passing_and_too_small_references_are_refused() -> None:
    maps, mask, members = _maps()
    quality = correlate_with_reference(maps, mask, members, True)
    ids = pd.Index([str(number) for number in range(len(maps))])
    with pytest.raises(InputError, match="none of 45 images"):
        quality_table(ids, quality, members, np.zeros(len(maps), dtype=bool), _qc(0.9999))
    with pytest.raises(InputError, match="1 reference people"):
        correlate_with_reference(maps, mask, np.arange(45) == 0, True)


def test_mask_lies_where_gray_matter_is() -> None:
    affine = np.array([[6.0, 0, 0, -90], [0, 6, 0, -126], [0, 0, 6, -72], [0, 0, 0, 1]])
    mask = gray_matter_mask((31, 37, 31), affine, 0.1)

    def at(*place: float) -> bool:
        voxel = np.rint(np.linalg.inv(affine) @ [*place, 1])[:3].astype(int)
        return bool(mask[tuple(voxel)])

    assert at(-26, -20, -10) and at(28, -20, -10), "hippocampi"
    assert not at(0, 0, 100) and not at(-88, -120, -70), "air"
    with pytest.raises(InputError, match="mask_threshold"):
        gray_matter_mask((5, 5, 5), affine + np.array([[0, 0, 0, 900.0]] + [[0, 0, 0, 0]] * 3), 0.1)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real gray-matter maps are not on this machine")
def test_real_maps_pack_and_pass_at_their_threshold(tmp_path: Path) -> None:
    """40 maps with affine registration only: r is 0.75 to 0.86 by their description."""
    paths = sorted(str(path) for path in REAL.glob("*.nii.gz"))
    grid = common_grid(paths)
    assert grid.shape == (91, 109, 91)
    packed = pack_maps(paths, grid, tmp_path / "maps.npy", "float16", tmp_path / "partial", threads=2)
    assert not packed.resampled.any()
    maps = open_maps(tmp_path / "maps.npy")
    mask = gray_matter_mask(grid.shape, grid.affine, 0.1)
    quality = correlate_with_reference(maps, mask, np.ones(len(paths), dtype=bool), True)
    assert 0.7 < quality.r.min() < quality.r.max() < 0.9
    ids = pd.Index([str(number) for number in range(len(paths))])
    everybody = np.ones(len(paths), dtype=bool)
    assert quality.r_image.min() > 0.9, "over the whole image"
    assert quality_table(ids, quality, everybody, ~everybody, _qc(0.9))["passed"].sum() >= 38
    with pytest.raises(InputError, match="none of 40"):
        quality_table(ids, quality, everybody, ~everybody, _qc(0.99))
