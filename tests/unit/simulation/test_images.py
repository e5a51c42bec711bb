"""Simulated maps: the published box, planted regions, confounds, outliers."""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from cgni.imaging.writing import write_map
from cgni.simulation import maps
from cgni.simulation.images import chance_of_no_image
from cgni.simulation.settings import SimulatedImagesSettings
from tests.unit.simulation import needs
from tests.unit.simulation.drawn import drawn_images
from tests.unit.simulation.people import drawn_people


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
        write_map(density, anatomy.affine, tmp_path / f"{name}.nii.gz")
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.nii.gz").read_bytes())[:4] == (348).to_bytes(4, "little")
    assert np.allclose(nib.load(tmp_path / "a.nii.gz").get_fdata(), density, atol=1e-6)


def test_maps_show_the_factor_in_its_region_with_its_sign(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path)
    stacked = np.stack([density for _, density in drawn.draw()])
    for row in drawn.planted.itertuples():
        means = stacked[:, drawn.anatomy.labels == row.region].mean(axis=1)
        r = np.corrcoef(means, drawn.people[f"factor_{row.factor}"])[0, 1]
        assert r * row.sign > 0.95  # the neighbours' smooth edges reach into it


def test_maps_are_written_one_a_person_and_listed(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path, without_image=0.4, noise=0.08)
    listed = drawn.write(tmp_path / "images")
    ids = drawn.people["participant_id"].iloc[drawn.with_image].tolist()
    assert listed["participant_id"].tolist() == ids and 10 < len(ids) < 35
    assert listed["path"].tolist() == [f"images/{one}_smwc1.nii.gz" for one in ids]
    assert sorted(path.name for path in (tmp_path / "images").iterdir()) == [f"{one}_smwc1.nii.gz" for one in ids]
    drawn_again = dict(drawn_images(tmp_path, without_image=0.4, noise=0.08).draw())
    for one, path in zip(ids, listed["path"], strict=True):
        assert np.allclose(nib.load(tmp_path / path).get_fdata(), drawn_again[one], atol=1e-6)


def test_outliers_are_unlike_the_template(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path, outliers=3, noise=0.08)
    defects = drawn.defects.set_index("participant_id")["defect"]
    assert sorted(defects) == ["noisy", "shifted", "shifted"]
    for one, density in drawn.draw():
        r = np.corrcoef(density.ravel(), drawn.anatomy.template.ravel())[0, 1]
        assert (r < 0.7) == (one in defects.index), one


def test_sites_differ_by_their_gains(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path, site_gain=0.2, region_variation=0.0)
    volume = pd.Series({one: density.sum() for one, density in drawn.draw()})
    by_site = volume.groupby(drawn.people.set_index("participant_id")["site"]).agg(["mean", "std"])
    assert (by_site["std"] < 1e-3 * by_site["mean"]).all(), "without variation a site's people are alike"
    gains = pd.Series(drawn.site_gain)
    assert by_site["mean"][11026] / by_site["mean"][11025] == pytest.approx(gains[11026] / gains[11025], rel=1e-4)


def test_the_truth_names_what_was_planted_in_each_region(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path, age_loss=0.05, cline_effect=0.1, site_region=0.02, polygenic_share=0.3)
    assert np.allclose(drawn.planted["loading"], drawn.planted["sign"])  # a loading of 1
    causes = drawn.confounds.pivot(index="region", columns="cause", values="size")
    assert list(causes) == ["age", "age_squared", "cline", "site_11025", "site_11026"] and len(causes) == 4
    assert causes["age"].between(0.025, 0.075).all() and causes["cline"].abs().between(0.05, 0.15).all()
    assert not causes["age_squared"].any() and (causes["site_11025"] != causes["site_11026"]).all()
    assert drawn.polygenic.groupby("trait").size().to_dict() == {f"region {label}": 10 for label in (1, 2, 3, 4)}


def test_the_old_with_poor_wm_lack_images_more_often() -> None:
    people = drawn_people(20_000, np.random.default_rng(6))
    settings = SimulatedImagesSettings(without_image=0.2, missing_not_at_random=1.0)
    chance = chance_of_no_image(people, settings)
    assert chance.mean() == pytest.approx(0.2, abs=1e-6)
    odds = np.log(chance / (1 - chance))
    slopes = np.linalg.lstsq(
        np.column_stack([np.ones(20_000), people["age"] / people["age"].std(), people["wm_liability"]]),
        odds,
        rcond=None,
    )[0]
    # age and WM are independent here, each makes half of the burden: 1 / sqrt(2)
    assert slopes[1] == pytest.approx(0.707, abs=0.02) and slopes[2] == pytest.approx(-0.707, abs=0.02)
    at_random = chance_of_no_image(people, SimulatedImagesSettings(without_image=0.2))
    assert np.allclose(at_random, 0.2)
    assert not chance_of_no_image(people, SimulatedImagesSettings(without_image=0.0, missing_not_at_random=1.0)).any()


def test_the_middle_has_no_images_where_only_the_extremes_were_imaged() -> None:
    people = drawn_people(2000, np.random.default_rng(7))
    chance = chance_of_no_image(people, SimulatedImagesSettings(without_image=0.1, extremes_only=True))
    middle = people["wm_score"].between(6, 8)
    assert (chance[middle] == 1).all() and np.allclose(chance[~middle], 0.1) and 100 < middle.sum() < 1900
