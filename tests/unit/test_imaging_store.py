"""Packing gray-matter images: one grid, exact values, one message for everything that is wrong."""

import gzip
import hashlib
import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.files import write_json
from workflow_scripts.cgni.imaging.packing import common_grid, pack_maps
from workflow_scripts.cgni.imaging.schemas import INDEX
from workflow_scripts.cgni.imaging.store import GmStore
from workflow_scripts.cgni.tables import write_table

SHAPE = (9, 11, 8)
AFFINE = np.array([[6.0, 0, 0, -24], [0, 6, 0, -30], [0, 0, 6, -18], [0, 0, 0, 1]])


def _map(seed: int) -> np.ndarray:
    """Values that float16 holds exactly, zero at the border as a brain map is."""
    values = np.random.default_rng(seed).integers(0, 1024, SHAPE) / 1024
    inside = np.zeros(SHAPE, dtype=bool)
    inside[1:-1, 1:-1, 1:-1] = True
    return np.where(inside, values, 0).astype(np.float32)


def _save(folder: Path, name: str, values: np.ndarray, affine: np.ndarray = AFFINE) -> str:
    path = folder / f"{name}.nii.gz"
    nib.save(nib.Nifti1Image(values, affine), path)
    return str(path)


def _store(folder: Path, paths: list[str], ids: list[str], dtype: str = "float16") -> GmStore:
    grid = common_grid(paths)
    pack_maps(paths, grid, folder / "maps.npy", dtype)
    write_json(grid.as_json(), folder / "grid.json")
    index = pd.DataFrame({"row": range(len(ids)), "participant_id": ids})
    write_table(index, folder / "index.parquet", INDEX, {})
    return GmStore.open(folder)


def test_round_trip_and_lookup(tmp_path: Path) -> None:
    paths = [_save(tmp_path, f"m{seed}", _map(seed)) for seed in range(3)]
    store = _store(tmp_path, paths, ["a", "b", "c"])
    assert store.grid == SHAPE
    assert store.maps.dtype == np.float16
    np.testing.assert_allclose(store.affine, AFFINE)
    rows = store.rows_of(["c", "a"])
    np.testing.assert_array_equal(store.read(rows), np.stack([_map(2), _map(0)]))
    with pytest.raises(InputError, match="1 of 2 people"):
        store.rows_of(["a", "nobody"])


def test_checksum_is_the_files_sha256(tmp_path: Path) -> None:
    paths = [_save(tmp_path, "m", _map(0))]
    checksum, _ = pack_maps(paths, common_grid(paths), tmp_path / "maps.npy", "float16")
    assert checksum == hashlib.sha256((tmp_path / "maps.npy").read_bytes()).hexdigest()


def test_flipped_and_permuted_images_are_put_right_exactly(tmp_path: Path) -> None:
    """The same anatomy, stored with x from left to right, from right to left, and with axes exchanged."""
    flipped = AFFINE @ np.array([[-1.0, 0, 0, SHAPE[0] - 1], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    permuted = AFFINE[:, [1, 0, 2, 3]]
    paths = [
        _save(tmp_path, "plain", _map(0)),
        _save(tmp_path, "again", _map(1)),
        _save(tmp_path, "flipped", _map(0)[::-1], flipped),
        _save(tmp_path, "permuted", _map(0).transpose(1, 0, 2), permuted),
    ]
    checksum_and_moved = pack_maps(paths, common_grid(paths), tmp_path / "maps.npy", "float32")
    packed = np.load(tmp_path / "maps.npy")
    assert checksum_and_moved[1] == 0
    np.testing.assert_array_equal(packed[2], packed[0])
    np.testing.assert_array_equal(packed[3], packed[0])


def test_another_grid_is_resampled_through_the_affine(tmp_path: Path) -> None:
    """A linear ramp in millimetres keeps its values under linear interpolation, whatever the grid."""

    def ramp(shape: tuple[int, ...], affine: np.ndarray) -> np.ndarray:
        voxels = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
        place = voxels @ affine[:3, :3].T + affine[:3, 3]
        return (place @ [0.01, 0.02, 0.005] + 2).astype(np.float32)

    fine = np.array([[-2.0, 0, 0, 40], [0, 2.5, 0, -40], [0, 0, 2, -30], [0, 0, 0, 1]])
    shape = (40, 40, 40)
    common = ramp(SHAPE, AFFINE)
    paths = [
        _save(tmp_path, "a", common),
        _save(tmp_path, "b", common),
        _save(tmp_path, "c", ramp(shape, fine), fine),
    ]
    _, moved = pack_maps(paths, common_grid(paths), tmp_path / "maps.npy", "float32")
    assert moved == 1
    np.testing.assert_allclose(np.load(tmp_path / "maps.npy")[2], common, atol=1e-4)


def test_scaled_integers_are_read_with_their_slope(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.zeros(SHAPE, dtype=np.uint8), AFFINE)
    raw = np.random.default_rng(0).integers(0, 255, SHAPE).astype(np.uint8)
    image = nib.Nifti1Image(raw, AFFINE)
    image.header.set_slope_inter(0.004, 0)
    nib.save(image, tmp_path / "m.nii.gz")
    path = str(tmp_path / "m.nii.gz")
    pack_maps([path], common_grid([path]), tmp_path / "maps.npy", "float32")
    np.testing.assert_allclose(np.load(tmp_path / "maps.npy")[0], raw * 0.004, rtol=1e-5)


def test_one_message_counts_every_kind_of_bad_image(tmp_path: Path) -> None:
    good = _save(tmp_path, "good", _map(0))
    nan = _map(1)
    nan[4, 4, 4] = np.nan
    whole = Path(good).read_bytes()
    (tmp_path / "cut.nii.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "not.nii.gz").write_bytes(gzip.compress(b"not an image"))
    paths = [
        good,
        _save(tmp_path, "nan", nan),
        _save(tmp_path, "empty", np.zeros(SHAPE, dtype=np.float32)),
        _save(tmp_path, "series", np.stack([_map(0), _map(1)], axis=-1)),
        str(tmp_path / "cut.nii.gz"),
        str(tmp_path / "not.nii.gz"),
        str(tmp_path / "absent.nii.gz"),
    ]
    with pytest.raises(InputError) as caught:
        common_grid(paths)
    message = str(caught.value)
    for part in (
        "6 of 7",
        "1 images with non-finite",
        "1 empty",
        "1 images that are not 3D",
        "2 unreadable",
        "1 missing",
    ):
        assert part in message, message


def test_bad_data_behind_good_headers_leave_nothing_behind(tmp_path: Path) -> None:
    paths = [_save(tmp_path, "good", _map(0)), _save(tmp_path, "large", _map(1) * 1e6)]
    with pytest.raises(InputError, match=r"1 of 2 .* 1 images with values too large for float16"):
        pack_maps(paths, common_grid(paths), tmp_path / "out" / "maps.npy", "float16")
    assert list((tmp_path / "out").iterdir()) == []


def test_one_volume_series_counts_as_3d(tmp_path: Path) -> None:
    path = _save(tmp_path, "one", _map(0)[..., None])
    pack_maps([path], common_grid([path]), tmp_path / "maps.npy", "float32")
    np.testing.assert_array_equal(np.load(tmp_path / "maps.npy")[0], _map(0))


def test_store_refuses_files_of_different_runs(tmp_path: Path) -> None:
    paths = [_save(tmp_path, f"m{seed}", _map(seed)) for seed in range(2)]
    _store(tmp_path, paths, ["a", "b"])
    grid = json.loads((tmp_path / "grid.json").read_text())
    write_json({**grid, "shape": [3, 3, 3]}, tmp_path / "grid.json")
    with pytest.raises(InputError, match="index and grid say"):
        GmStore.open(tmp_path)
