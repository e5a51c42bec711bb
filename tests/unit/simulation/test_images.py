"""Simulated maps: the published box, planted regions, confounds, outliers."""

import dataclasses
import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.simulation import maps
from cgni.simulation.images import SimulatedImages, simulate_images
from cgni.simulation.settings import SimulatedImagesSettings, SimulationSettings
from tests.unit.simulation import needs

_REGIONS = np.array([2, 4, 9])


@needs.atlas
def test_maps_lie_on_the_published_box_and_repeat(tmp_path: Path) -> None:
    anatomy = maps.build_anatomy(9.0, needs.aal_image())
    assert anatomy.template.shape == (21, 25, 21)
    assert tuple(int(np.floor(length / 1.5)) + 1 for length in (180, 216, 180)) == (121, 145, 121)
    # left is negative x in AAL: Hippocampus_L is region 37
    where = np.argwhere(anatomy.labels == 37).mean(axis=0)
    assert nib.affines.apply_affine(anatomy.affine, where)[0] < 0
    density = maps.draw_map(anatomy, np.ones(len(anatomy.regions)), 1.3, 1.0, 0.08, np.random.default_rng(0))
    for name in ("a", "b"):
        maps.write_map(density, anatomy.affine, tmp_path / f"{name}.nii.gz")
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.nii.gz").read_bytes())[:4] == (348).to_bytes(4, "little")
    assert np.allclose(nib.load(tmp_path / "a.nii.gz").get_fdata(), density, atol=1e-6)


def _anatomy() -> maps.Anatomy:
    """Three regions of 1, 2 and 3 voxels."""
    labels = np.zeros((3, 3, 3), int)
    labels[0, 0, 0], labels[1, 0, :2], labels[2, 0, :] = _REGIONS
    return maps.Anatomy(np.eye(4), np.ones((3, 3, 3)), labels, _REGIONS, np.zeros((3, 3, 3, 3)))


def test_planted_regions_are_distinct_and_large_enough() -> None:
    settings = SimulatedImagesSettings(regions_per_factor=1, min_region_voxels=2)
    planted = maps.choose_regions(_anatomy(), 2, settings, np.random.default_rng(0))
    assert set(planted["region"]) == {4, 9} and planted["factor"].tolist() == [0, 1]
    assert set(planted["sign"]) <= {-1.0, 1.0}
    with pytest.raises(InputError, match="3 regions are to be planted, but only 2 have 2 voxels"):
        maps.choose_regions(_anatomy(), 3, settings, np.random.default_rng(0))


def _people(count: int, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant_id": [str(1_000_000 + number) for number in range(count)],
            "age": rng.uniform(45, 80, count),
            "sex": rng.integers(0, 2, count),
            "site": rng.choice([11025, 11026], count),
            "head_size": 1.3,
            "population": (rng.random(count) < 0.3).astype(int),
            "factor_0": rng.standard_normal(count),
            "factor_1": rng.standard_normal(count),
        }
    )


def test_confounds_shift_regions_by_their_settings() -> None:
    rng = np.random.default_rng(1)
    people, factors = _people(400, rng), np.zeros((400, 0))
    nobody = pd.DataFrame({"region": [], "factor": [], "sign": []})
    images = SimulatedImagesSettings(region_variation=0.0, age_loss=0.06, sex_effect=0.03, ancestry_effect=0.01)
    relative = maps.region_multipliers(
        _anatomy(), nobody, factors, people, SimulationSettings(images=images), np.random.default_rng(2)
    )
    design = np.column_stack([np.ones(400), people["age"] / 10, people["sex"], people["population"]])
    slopes = np.linalg.lstsq(design, relative, rcond=None)[0]
    assert ((slopes[1] < -0.5 * 0.06) & (slopes[1] > -1.5 * 0.06)).all()
    assert np.allclose(slopes[2], 0.03) and np.allclose(slopes[3], -0.01)


def test_a_planted_region_loads_on_its_factor_as_scaled() -> None:
    rng = np.random.default_rng(3)
    people = _people(4000, rng)
    factors = people[["factor_0", "factor_1"]].to_numpy()
    planted = pd.DataFrame({"region": [9, 2], "factor": [0, 1], "sign": [-1.0, 1.0]})
    images = SimulatedImagesSettings(
        loading=0.8, region_variation=0.1, age_loss=0.0, sex_effect=0.0, ancestry_effect=0.0
    )
    settings = SimulationSettings(effect_scale=0.5, images=images)
    relative = maps.region_multipliers(_anatomy(), planted, factors, people, settings, rng)
    r = np.corrcoef(np.column_stack([relative, factors]), rowvar=False)[:3, 3:]
    expected = [[0, 0.4], [0, 0], [-0.4, 0]]  # regions 2, 4 and 9; 4,000 people: a standard error of 0.016
    assert np.allclose(r, expected, atol=0.06) and np.allclose(relative.std(axis=0), 0.1, rtol=0.05)


def _blocks(path: Path) -> Path:
    """A label image in MNI space: four slabs of the brain, from left to right."""
    labels = np.zeros((30, 35, 30), np.int16)
    for number in range(4):
        labels[6 + 5 * number : 10 + 5 * number, 10:26, 10:20] = number + 1
    affine = np.diag([6.0, 6.0, 6.0, 1.0])
    affine[:3, 3] = (-90, -126, -72)
    nib.save(nib.Nifti1Image(labels, affine), path)
    return path


def _drawn(folder: Path, **images: float) -> SimulatedImages:
    """40 people's maps in which nothing but the factors differs, save what `images` changes."""
    settings = SimulatedImagesSettings(
        voxel_mm=9,
        regions_per_factor=1,
        loading=1.0,
        age_loss=0.0,
        sex_effect=0.0,
        ancestry_effect=0.0,
        site_gain=0.0,
        noise=0.0,
        without_image=0.0,
        outliers=0,
    )
    settings = dataclasses.replace(settings, **images)
    people = _people(40, np.random.default_rng(4))
    return simulate_images(people, _blocks(folder / "atlas.nii.gz"), SimulationSettings(images=settings), 11)


def test_maps_show_the_factor_in_its_region_with_its_sign(tmp_path: Path) -> None:
    drawn = _drawn(tmp_path)
    stacked = np.stack([density for _, density in drawn.draw()])
    for row in drawn.planted.itertuples():
        means = stacked[:, drawn.anatomy.labels == row.region].mean(axis=1)
        r = np.corrcoef(means, drawn.people[f"factor_{row.factor}"])[0, 1]
        assert r * row.sign > 0.95  # the neighbours' smooth edges reach into it


def test_maps_are_written_one_a_person_and_listed(tmp_path: Path) -> None:
    drawn = _drawn(tmp_path, without_image=0.4, noise=0.08)
    listed = drawn.write(tmp_path / "images")
    ids = drawn.people["participant_id"].iloc[drawn.with_image].tolist()
    assert listed["participant_id"].tolist() == ids and 10 < len(ids) < 35
    assert listed["path"].tolist() == [f"images/{one}_smwc1.nii.gz" for one in ids]
    assert sorted(path.name for path in (tmp_path / "images").iterdir()) == [f"{one}_smwc1.nii.gz" for one in ids]
    drawn_again = dict(_drawn(tmp_path, without_image=0.4, noise=0.08).draw())
    for one, path in zip(ids, listed["path"], strict=True):
        assert np.allclose(nib.load(tmp_path / path).get_fdata(), drawn_again[one], atol=1e-6)


def test_outliers_are_unlike_the_template(tmp_path: Path) -> None:
    drawn = _drawn(tmp_path, outliers=3, noise=0.08)
    defects = drawn.defects.set_index("participant_id")["defect"]
    assert sorted(defects) == ["noisy", "shifted", "shifted"]
    for one, density in drawn.draw():
        r = np.corrcoef(density.ravel(), drawn.anatomy.template.ravel())[0, 1]
        assert (r < 0.7) == (one in defects.index), one


def test_sites_differ_by_their_gains(tmp_path: Path) -> None:
    drawn = _drawn(tmp_path, site_gain=0.2, region_variation=0.0)
    volume = pd.Series({one: density.sum() for one, density in drawn.draw()})
    by_site = volume.groupby(drawn.people.set_index("participant_id")["site"]).agg(["mean", "std"])
    assert (by_site["std"] < 1e-3 * by_site["mean"]).all(), "without variation a site's people are alike"
    gains = pd.Series(drawn.site_gain)
    assert by_site["mean"][11026] / by_site["mean"][11025] == pytest.approx(gains[11026] / gains[11025], rel=1e-4)
