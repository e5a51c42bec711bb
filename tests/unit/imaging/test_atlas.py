"""Atlases: labels on the maps' grid, means of regions, and where files lie."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from cgni.base.errors import InputError
from cgni.imaging import atlases
from cgni.imaging.atlas import read_atlas, region_means
from cgni.imaging.atlases import ATLASES, KnownAtlas, atlas_files, further_atlas_files
from tools.build_octants import octants

AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])


def _table(folder: Path, *lines: str) -> Path:
    path = folder / "labels.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def _image(folder: Path, labels: np.ndarray, affine: np.ndarray = AFFINE) -> Path:
    path = folder / "atlas.nii.gz"
    nib.save(nib.Nifti1Image(labels.astype(np.int16), affine), path)
    return path


def test_labels_lie_where_the_affines_say_and_small_regions_are_lost(tmp_path: Path) -> None:
    fine = np.zeros((8, 8, 8))
    fine[:4], fine[4:6] = 1, 2
    fine[7, 7, 7] = 3  # between the voxels of the coarser grid
    table = _table(tmp_path, "1 left", "2 right", "3 tiny", "4 absent")
    atlas = read_atlas(_image(tmp_path, fine), table, (4, 4, 4), np.diag([4.0, 4.0, 4.0, 1.0]))
    assert atlas.labels.dtype == np.int32
    np.testing.assert_array_equal(atlas.labels, fine[::2, ::2, ::2])
    assert atlas.present.tolist() == [1, 2]
    assert atlas.lost == ["tiny", "absent"]
    assert atlas.names[atlas.present].tolist() == ["left", "right"]


def test_labels_that_the_table_lacks_are_counted(tmp_path: Path) -> None:
    labels = np.arange(8).reshape(2, 2, 2)
    with pytest.raises(InputError, match=r"atlas\.nii\.gz: 5 of 7 labels have no line in .*labels\.txt"):
        read_atlas(_image(tmp_path, labels), _table(tmp_path, "1 a", "2 b"), (2, 2, 2), AFFINE)


def test_files_that_are_no_image_are_named(tmp_path: Path) -> None:
    (tmp_path / "atlas.nii.gz").write_bytes(b"not an image")
    for image in ("atlas.nii.gz", "absent.nii", "labels.txt"):
        with pytest.raises(InputError, match=rf"{image}: not a readable label image"):
            read_atlas(tmp_path / image, _table(tmp_path, "1 a"), (2, 2, 2), AFFINE)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full((2, 2, 2), 0.4), "8 voxels are no labels"),
        (np.full((2, 2, 2), -1), "8 voxels are no labels"),
        (np.full((2, 2, 2), np.nan), "8 voxels are no labels"),
        (np.ones((2, 2, 2, 3)), "4 dimensions; expected one 3D image of labels"),
    ],
)
def test_values_that_are_no_labels_are_refused(tmp_path: Path, values: np.ndarray, message: str) -> None:
    path = tmp_path / "atlas.nii"
    nib.save(nib.Nifti1Image(values.astype(np.float32), AFFINE), path)
    with pytest.raises(InputError, match=message):
        read_atlas(path, _table(tmp_path, "1 a"), (2, 2, 2), AFFINE)


def test_large_labels_are_kept_and_one_volume_is_3d(tmp_path: Path) -> None:
    path, values = tmp_path / "atlas.nii", np.full((2, 2, 2, 1), 40000, np.uint16)
    nib.save(nib.Nifti1Image(values, AFFINE), path)
    atlas = read_atlas(path, _table(tmp_path, "40000 a"), (2, 2, 2), AFFINE)
    assert (atlas.labels == 40000).all() and atlas.present.tolist() == [40000]


def test_an_atlas_in_another_space_is_refused(tmp_path: Path) -> None:
    far = AFFINE.copy()
    far[:3, 3] = 500
    image = _image(tmp_path, np.ones((2, 2, 2)), far)
    with pytest.raises(InputError, match="none of its 1 labels has a voxel where the gray-matter maps are"):
        read_atlas(image, _table(tmp_path, "1 a"), (2, 2, 2), AFFINE)


def test_means_of_regions_are_those_of_their_voxels() -> None:
    rng = np.random.default_rng(0)
    labels, maps = rng.integers(0, 4, (5, 6, 7)).astype(np.int32), rng.random((3, 5, 6, 7))
    expected = [[density[labels == region].mean() for region in (3, 1)] for density in maps]
    np.testing.assert_allclose(region_means(iter(maps), labels, np.array([3, 1])), expected)


def test_the_aal_atlas_is_whole_where_it_is_installed() -> None:
    try:
        image, table = atlas_files("aal", None)
    except InputError as error:
        pytest.skip(str(error))
    affine = np.array([[9.0, 0, 0, -90], [0, 9, 0, -126], [0, 0, 9, -72], [0, 0, 0, 1]])
    atlas = read_atlas(image, table, (21, 25, 21), affine)
    assert len(atlas.names) == 116 and atlas.names[1] == "Precentral_L" and atlas.names[116] == "Vermis_10"
    assert len(atlas.present) + len(atlas.lost) == 116
    assert atlas_files("aal", "own.txt") == (image, "own.txt")


def test_a_shipped_atlas_is_a_row_and_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlases, "_HOME", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(ATLASES, "other", KnownAtlas("Other", "o.nii.gz", "o.tsv"))
    with pytest.raises(InputError, match=r"the Other atlas \(o\.nii\.gz with o\.tsv\) is not there; restore it"):
        atlas_files("other", None)
    folder = tmp_path / "resources" / "atlases" / "other"
    folder.mkdir(parents=True)
    (folder / "o.nii.gz").touch()
    (folder / "o.tsv").write_text("1\tone\n2\ttwo\n")
    assert atlas_files("other", None) == ("resources/atlases/other/o.nii.gz", "resources/atlases/other/o.tsv")


def test_an_atlas_that_is_not_installed_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlases, "_HOME", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(ATLASES, "aal", KnownAtlas("AAL", "no.nii.gz", "no.txt", ATLASES["aal"].folders, "make setup"))
    with pytest.raises(InputError, match=r"AAL atlas .* is not there; make setup"):
        atlas_files("aal", None)


def test_an_atlas_of_ones_own_needs_its_table() -> None:
    assert atlas_files("mine.nii", "mine.txt") == ("mine.nii", "mine.txt")
    with pytest.raises(InputError, match=r"inputs\.atlas: mine\.nii .* set inputs\.atlas_labels"):
        atlas_files("mine.nii", None)


def test_a_table_that_cannot_be_used_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = _table(tmp_path, "1 Area 44", "2 Area 45")
    with pytest.raises(InputError, match=r"labels\.txt: 1 names appear more than once"):
        atlas_files("mine.nii", str(table))
    folder = tmp_path / "resources" / "atlases" / "other"
    folder.mkdir(parents=True)
    (folder / "o.nii.gz").touch()
    table.rename(folder / "o.tsv")
    monkeypatch.setattr(atlases, "_HOME", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(ATLASES, "other", KnownAtlas("Other", "o.nii.gz", "o.tsv"))
    with pytest.raises(InputError, match=r"o\.tsv: 1 names appear more than once"):
        atlas_files("other", None)
    with pytest.raises(InputError, match=r"o\.tsv: 1 names appear more than once"):
        atlas_files("other", str(folder / "o.tsv"))


def test_further_atlases_are_known_ones_or_files() -> None:
    own = {"name": "lobes", "image": "lobes.nii", "labels": "lobes.txt"}
    found = further_atlas_files(["octants", own], ("aal.nii", "aal.txt"))
    assert found == {"octants": atlas_files("octants", None), "lobes": ("lobes.nii", "lobes.txt")}
    assert further_atlas_files([], ("aal.nii", "aal.txt")) == {}


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (["octants", {"name": "Octants", "image": "o.nii", "labels": "o.txt"}], "octants is there twice"),
        (
            [{"name": "again", "image": "./main.nii", "labels": "o.txt"}],
            r"again: .*main\.nii is that of inputs\.atlas too",
        ),
        (
            [{"name": name, "image": "o.nii", "labels": "o.txt"} for name in ("one", "two")],
            r"two: its image o\.nii is that of one too",
        ),
    ],
)
def test_an_atlas_is_there_once(entries: list, message: str) -> None:
    with pytest.raises(InputError, match=rf"inputs\.more_atlases: .*{message}"):
        further_atlas_files(entries, ("main.nii", "main.txt"))


def test_octants_are_what_their_builder_makes() -> None:
    image, table = (Path(path) for path in atlas_files("octants", None))
    made, names = octants()
    shipped = nib.load(image)
    assert np.array_equal(shipped.affine, made.affine) and table.read_text() == names
    assert np.array_equal(np.asarray(shipped.dataobj), np.asarray(made.dataobj))
    # right, in front of and above the anterior commissure, and its opposite
    atlas = read_atlas(
        image, table, (21, 25, 21), np.array([[9.0, 0, 0, -90], [0, 9, 0, -126], [0, 0, 9, -72], [0, 0, 0, 1]])
    )
    assert atlas.names[atlas.labels[15, 20, 15]] == "Right_Anterior_Superior"
    assert atlas.names[atlas.labels[5, 5, 3]] == "Left_Posterior_Inferior"
    assert len(atlas.present) == 8 and not atlas.lost
