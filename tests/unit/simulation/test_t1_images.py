"""Simulated T1 images: the same bytes, anatomy that follows the multipliers, head sizes, failed scans."""

import dataclasses
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from cgni.imaging.reading import read_map
from cgni.imaging.t1.head import head_of, is_stripped
from cgni.simulation import heads
from cgni.simulation.t1_images import Scanner, Subject
from tests.unit.simulation.drawn import drawn_images

REGIONS = np.array([3, 5])


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Scanner:
    """Of heads whose atlas has two blocks of 36 mm, left and right."""
    labels = np.zeros((60, 72, 60), np.int16)
    for number, left in ((3, 10), (5, 38)):
        labels[left : left + 12, 30:42, 26:38] = number
    affine = np.diag([3.0, 3.0, 3.0, 1.0])
    affine[:3, 3] = (-90, -126, -72)
    path = tmp_path_factory.mktemp("atlas") / "atlas.nii.gz"
    nib.save(nib.Nifti1Image(labels, affine), path)
    return Scanner.of(path, REGIONS, 3.0)


def _image(
    scanner: Scanner, multipliers: tuple[float, float] = (1, 1), head_size: float = 1.3, **more: str
) -> np.ndarray:
    subject = Subject(np.array(multipliers), head_size, 1.0, 0.0, more.get("defect"))
    return scanner.image(subject, np.random.default_rng(7))


def _changes(scanner: Scanner, *multipliers: float) -> np.ndarray:
    return heads.draw_changes(scanner.head, np.array(multipliers), 0.0, np.random.default_rng(0))


def test_a_person_is_drawn_the_same_each_time(scanner: Scanner) -> None:
    first, again = _image(scanner), _image(scanner)
    assert first.dtype == np.float32 and np.array_equal(first, again)
    assert np.array_equal(first, np.rint(first)) and first.min() >= 0 and 900 < np.percentile(first, 99) < 1300


def test_a_region_s_change_moves_tissue_by_as_much_volume(scanner: Scanner) -> None:
    change = _changes(scanner, 1.2, 1.0)
    labels = scanner.head.labels
    assert change[labels == 3].mean() == pytest.approx(0.2, rel=0.25) and abs(change[labels == 5]).max() < 1e-3
    moved = heads.displacements(scanner.head, change)
    divergence = sum(np.gradient(part, axis=axis) for axis, part in enumerate(moved))
    balanced = change - scanner.head.yielding * change.sum() / scanner.head.yielding.sum()
    inside = labels == 3
    assert divergence[inside].mean() == pytest.approx(balanced[inside].mean(), rel=0.1)
    assert abs(divergence.sum()) < 1e-3 * abs(divergence).sum(), "the head keeps its volume"


def test_less_gray_matter_is_darker_there_and_nowhere_else(scanner: Scanner) -> None:
    points = scanner.voxel_mm * np.indices((50, 60, 50)).reshape(3, -1) - 75.0
    straight = heads.Position(np.eye(3), np.zeros(3), 1.0)
    seen = [
        heads.seen_head(scanner.head, _changes(scanner, left, 1.0), straight, 0.65, points) for left in (0.8, 1.0, 1.1)
    ]
    places = np.linalg.inv(scanner.head.changes_affine) @ np.vstack(
        [straight.in_template(points), np.ones(points.shape[1])]
    )
    label = scanner.head.labels[tuple(np.rint(places[:3]).astype(int))]
    gray_left, gray_right = (
        [values[(label == number) & (seen[1] > 0.5) & (seen[1] < 0.75)].mean() for values in seen] for number in REGIONS
    )
    assert gray_left[0] < gray_left[1] - 0.03
    assert np.ptp(gray_right) < 0.01


def test_a_larger_factor_is_a_smaller_head(scanner: Scanner) -> None:
    volume = [(_image(scanner, head_size=size) > 150).sum() for size in (1.1, 1.3, 1.5)]
    assert volume[0] > volume[1] > volume[2]
    assert volume[0] / volume[2] == pytest.approx(1.5 / 1.1, rel=0.03)


def test_failed_scans_are_cut_or_noise(scanner: Scanner) -> None:
    whole, cut, noisy = (_image(scanner, defect=defect) for defect in (None, "shifted", "noisy"))
    assert np.array_equal(cut, whole[..., : cut.shape[2]]) and cut.shape[2] * scanner.voxel_mm > 120
    assert (cut[..., -1] > 500).sum() * scanner.voxel_mm**2 > 10000, "the last slice lies within the brain"
    corner = (slice(0, 8),) * 3
    assert noisy[corner].mean() > 20 * whole[corner].mean()


def test_images_are_written_in_the_scanner_s_space_and_listed(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path, kind="t1", without_image=0.5, outliers=2)
    drawn = dataclasses.replace(drawn, with_image=drawn.with_image[:2])
    listed = drawn.write(tmp_path / "images")
    ids = drawn.people["participant_id"].iloc[drawn.with_image].tolist()
    assert listed["path"].tolist() == [f"images/{one}_T1w.nii.gz" for one in ids]
    drawn.write(tmp_path / "again")
    for one, path in zip(ids, listed["path"], strict=True):
        written = tmp_path / path
        assert written.read_bytes() == (tmp_path / "again" / f"{one}_T1w.nii.gz").read_bytes()
        assert int(nib.load(written).header["sform_code"]) == 1
        head = head_of(read_map(written))
        assert head.voxel_mm == pytest.approx(3.0)
        assert not is_stripped(head, np.zeros(head.values.shape, bool))
