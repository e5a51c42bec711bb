"""Centres and volumes of regions, against a loop over voxels."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from cgni.imaging.atlases import atlas_files
from cgni.imaging.region_places import region_places


def test_centres_and_volumes_are_those_of_a_loop_over_voxels(tmp_path: Path) -> None:
    labels = np.zeros((6, 5, 4, 1), np.int16)
    labels[1:3, 1, 1] = 7
    labels[4, 2:5, 0] = 2
    affine = np.array([[-2.0, 0, 0, 90], [0, 3.0, 0, -126], [0, 0, 1.5, -72], [0, 0, 0, 1]])
    nib.save(nib.Nifti1Image(labels, affine), tmp_path / "a.nii")
    (tmp_path / "a.txt").write_text("2 Two\n7 Seven\n9 Nowhere\n")
    found = region_places(tmp_path / "a.nii", tmp_path / "a.txt")
    assert list(found.index) == ["Two", "Seven"]
    for label, name in ((2, "Two"), (7, "Seven")):
        voxels = [index[:3] for index in np.ndindex(labels.shape) if labels[index] == label]
        places = np.mean([affine[:3, :3] @ voxel + affine[:3, 3] for voxel in voxels], axis=0)
        assert found.loc[name, ["x", "y", "z"]].tolist() == pytest.approx(places)
        assert found.loc[name, "ml"] == pytest.approx(len(voxels) * 2 * 3 * 1.5 / 1000)


def test_left_and_right_of_the_shipped_atlas_lie_left_and_right() -> None:
    image, table = atlas_files("octants", None)
    found = region_places(image, table)
    assert len(found) == 8 and found["ml"].between(500, 1500).all()  # eighths of a box of 8 litres
    left = found.index.str.contains("left", case=False)
    assert left.sum() == 4 and (found.loc[left, "x"] < 0).all() and (found.loc[~left, "x"] > 0).all()
