"""Packing gray-matter images: one grid, exact values, one message for everything that is wrong."""

import gzip
import json
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.base.files import write_json
from cgni.base.tables import write_table
from cgni.imaging import packing
from cgni.imaging.grids import choose_grid, common_grid
from cgni.imaging.packing import Packed
from cgni.imaging.reading import UnusableImageError, read_map
from cgni.imaging.schemas import INDEX
from cgni.imaging.store import GmStore, open_maps

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


def _pack(paths: list[str], target: Path, dtype: str, threads: int = 2) -> Packed:
    return packing.pack_maps(
        paths, common_grid(paths), target, dtype, target.parent / "resume" / "store", threads=threads
    )


def _store(folder: Path, paths: list[str], ids: list[str], dtype: str = "float16") -> GmStore:
    grid = common_grid(paths)
    packed = _pack(paths, folder / "maps.npy", dtype)
    write_json(grid.as_json(), folder / "grid.json")
    index = pd.DataFrame({"row": range(len(ids)), "participant_id": ids})
    index = index.assign(**{name: getattr(packed, name) for name in INDEX.names if hasattr(packed, name)})
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


def test_checksums_are_those_of_the_maps(tmp_path: Path) -> None:
    packed = _pack([_save(tmp_path, f"m{seed}", _map(seed)) for seed in range(3)], tmp_path / "maps.npy", "float16")
    assert packed.crc32.tolist() == [zlib.crc32(one.tobytes("F")) for one in open_maps(tmp_path / "maps.npy")]


@pytest.mark.parametrize("threads", [1, 3])
def test_bytes_do_not_depend_on_threads(tmp_path: Path, threads: int) -> None:
    paths = [_save(tmp_path, f"m{seed}", _map(seed)) for seed in range(7)]
    _pack(paths, tmp_path / "maps.npy", "float16", threads)
    np.testing.assert_array_equal(open_maps(tmp_path / "maps.npy"), np.stack([_map(seed) for seed in range(7)]))


@pytest.mark.parametrize(
    ("dtype", "relative", "of_maximum"), [("float32", 0, 0), ("float16", 2**-11, 0), ("uint8", 1e-6, 1 / 510)]
)
def test_errors_of_the_stored_types_are_as_stated(
    tmp_path: Path, dtype: str, relative: float, of_maximum: float
) -> None:
    values = np.random.default_rng(0).gamma(2, 0.2, SHAPE).astype(np.float32)
    values[0] = 0
    store = _store(tmp_path, [_save(tmp_path, "m", values)], ["a"], dtype)
    assert store.maps.dtype == dtype
    packed = store.read_one(0)
    assert packed.dtype == np.float32
    np.testing.assert_allclose(packed, values, rtol=relative, atol=of_maximum * values.max() * 1.001)
    assert not packed[0].any(), "no gray matter stays exactly zero"


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_data_type_and_byte_order_is_read_as_nibabel_reads_it(tmp_path: Path, kind: type, order: str) -> None:
    raw = np.random.default_rng(0).integers(0, 200, SHAPE).astype(kind)
    header = nib.Nifti1Header(endianness=order)
    header.set_data_dtype(np.dtype(kind).newbyteorder(order))
    image = nib.Nifti1Image(raw, AFFINE, header)
    image.header.set_slope_inter(0.01, 0.5) if np.dtype(kind).kind in "iu" else None
    path = tmp_path / "m.nii"
    nib.save(image, path)
    _pack([str(path)], tmp_path / "maps.npy", "float32")
    np.testing.assert_allclose(open_maps(tmp_path / "maps.npy")[0], nib.load(path).get_fdata(), rtol=1e-6)


def test_nifti_2_and_gzip_in_several_members(tmp_path: Path) -> None:
    nib.save(nib.Nifti2Image(_map(0), AFFINE), tmp_path / "two.nii")
    raw = nib.Nifti1Image(_map(0), AFFINE).to_bytes()
    pieces = [gzip.compress(raw[:2000]), gzip.compress(raw[2000:]), gzip.compress(b"")]
    (tmp_path / "members.nii.gz").write_bytes(b"".join(pieces))
    paths = [str(tmp_path / "two.nii"), str(tmp_path / "members.nii.gz")]
    _pack(paths, tmp_path / "maps.npy", "float32")
    for packed in open_maps(tmp_path / "maps.npy"):
        np.testing.assert_array_equal(packed, _map(0))


def test_a_declared_grid_is_an_images_or_spms_box(tmp_path: Path) -> None:
    path = _save(tmp_path, "m", _map(0))
    assert choose_grid([path], 1.5).shape == (121, 145, 121)  # CAT12's grid
    assert choose_grid([path], 2.0).shape == (91, 109, 91)  # FSL's MNI grid covers the same box
    template = _save(tmp_path, "t", np.ones((4, 5, 6), np.float32), np.diag([3.0, 3, 3, 1]))
    grid = choose_grid([path], template)
    assert grid.shape == (4, 5, 6)
    np.testing.assert_allclose(grid.affine, np.diag([3.0, 3, 3, 1]))
    with pytest.raises(InputError, match=r"imaging\.store\.grid: .*absent.* missing files"):
        choose_grid([path], str(tmp_path / "absent.nii"))


class _KilledError(Exception):
    """Stands for a kill."""


def test_packing_goes_on_where_it_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [_save(tmp_path, f"m{seed}", _map(seed)) for seed in range(8)]
    read, real = [], packing.read_map

    def counting(path: str):
        read.append(path)
        if len(read) == 6:
            raise _KilledError
        return real(path)

    monkeypatch.setattr(packing, "read_map", counting)
    with pytest.raises(_KilledError):
        _pack(paths, tmp_path / "out" / "maps.npy", "float16", threads=1)
    assert not (tmp_path / "out" / "maps.npy").exists()
    # while nobody worked, one image changed on disk, and one packed map was damaged
    _save(tmp_path, "m1", _map(99))
    unfinished = next((tmp_path / "out" / "resume").glob("*.npy"))
    damaged = np.lib.format.open_memmap(unfinished, mode="r+")
    damaged[4, 4, 4, 2] += 1
    damaged.flush()
    read.clear()
    monkeypatch.setattr(packing, "read_map", lambda path: read.append(path) or real(path))
    _pack(paths, tmp_path / "out" / "maps.npy", "float16", threads=1)
    assert [Path(path).name for path in read] == [f"m{seed}.nii.gz" for seed in (1, 2, 5, 6, 7)]
    expected = np.stack([_map(seed) for seed in (0, 99, 2, 3, 4, 5, 6, 7)])
    np.testing.assert_array_equal(open_maps(tmp_path / "out" / "maps.npy"), expected)
    assert list((tmp_path / "out" / "resume").iterdir()) == []


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
    moved = _pack(paths, tmp_path / "maps.npy", "float32").resampled
    packed = open_maps(tmp_path / "maps.npy")
    assert not moved.any()
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
    moved = _pack(paths, tmp_path / "maps.npy", "float32").resampled
    assert moved.tolist() == [False, False, True]
    np.testing.assert_allclose(open_maps(tmp_path / "maps.npy")[2], common, atol=1e-4)


def test_scaled_integers_are_read_with_their_slope(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.zeros(SHAPE, dtype=np.uint8), AFFINE)
    raw = np.random.default_rng(0).integers(0, 255, SHAPE).astype(np.uint8)
    image = nib.Nifti1Image(raw, AFFINE)
    image.header.set_slope_inter(0.004, 0)
    nib.save(image, tmp_path / "m.nii.gz")
    path = str(tmp_path / "m.nii.gz")
    _pack([path], tmp_path / "maps.npy", "float32")
    np.testing.assert_allclose(open_maps(tmp_path / "maps.npy")[0], raw * 0.004, rtol=1e-5)


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
        r"1 images with missing values (NaN) inside the brain",
        "1 empty",
        "1 images that are not 3D",
        "2 unreadable",
        "1 missing",
    ):
        assert part in message, message


def test_bad_data_behind_good_headers_leave_no_store_and_repaired_ones_are_packed(tmp_path: Path) -> None:
    paths = [_save(tmp_path, "good", _map(0)), _save(tmp_path, "large", _map(1) * 1e6)]
    with pytest.raises(InputError, match=r"1 of 2 .* 1 images with values too large for float16"):
        _pack(paths, tmp_path / "out" / "maps.npy", "float16")
    assert not (tmp_path / "out" / "maps.npy").exists()
    with pytest.raises(InputError, match=r"1 of 1 .* negative values"):
        _pack([_save(tmp_path, "minus", _map(0) - 0.5)], tmp_path / "other" / "maps.npy", "uint8")
    _save(tmp_path, "large", _map(1))
    _pack(paths, tmp_path / "out" / "maps.npy", "float16")
    np.testing.assert_array_equal(open_maps(tmp_path / "out" / "maps.npy")[1], _map(1))


def test_nan_at_the_border_is_background_and_counted(tmp_path: Path) -> None:
    """SPM writes NaN where no tissue can be; what it encloses is kept."""
    values = _map(0)
    values[0], values[:, :, -1] = np.nan, np.nan
    values[1, 0, 0] = np.nan  # touches the border
    packed = _pack(
        [_save(tmp_path, "nan", values), _save(tmp_path, "plain", _map(1))], tmp_path / "maps.npy", "float32"
    )
    assert packed.blank.tolist() == [True, False]
    np.testing.assert_array_equal(open_maps(tmp_path / "maps.npy")[0], np.nan_to_num(values))


def test_nan_in_the_place_of_every_zero_is_background_where_tissue_tapers_off(tmp_path: Path) -> None:
    """A ball of falling density around an empty middle; a hole in the densest part is damage, not background."""
    distance = np.linalg.norm(np.indices((15, 15, 15)) - 7, axis=0)
    tissue = np.clip(1 - np.abs(distance - 4) / 2.6, 0, None).astype(np.float32)
    nan = np.where(tissue == 0, np.float32(np.nan), tissue)
    assert np.isnan(nan[7, 7, 7])
    read = read_map(_save(tmp_path, "nan", nan))
    np.testing.assert_array_equal(read.values, tissue)
    assert read.blank == (tissue == 0).sum()
    for map_ in (np.where(distance == 4, np.nan, nan), np.where(distance < 1, np.nan, tissue)):
        with pytest.raises(UnusableImageError, match="inside the brain"):
            read_map(_save(tmp_path, "hole", map_.astype(np.float32)))


def test_a_header_that_does_not_place_the_voxels_is_refused(tmp_path: Path) -> None:
    nib.Nifti1Image(_map(0), AFFINE).to_filename(tmp_path / "codes.nii")
    content = bytearray((tmp_path / "codes.nii").read_bytes())
    content[252:256] = bytes(4)  # qform_code and sform_code of NIfTI-1
    (tmp_path / "codes.nii").write_bytes(content)
    with pytest.raises(InputError, match=r"sform_code and qform_code are 0"):
        common_grid([str(tmp_path / "codes.nii")])


def test_pairs_of_header_and_image_are_read_and_analyze_is_named(tmp_path: Path) -> None:
    nib.Nifti1Pair(_map(0), AFFINE).to_filename(tmp_path / "pair.img")
    for name in ("pair.img", "pair.hdr"):
        read = read_map(tmp_path / name)
        np.testing.assert_array_equal(read.values, _map(0))
        np.testing.assert_allclose(read.affine, AFFINE)
    (tmp_path / "alone.nii").write_bytes((tmp_path / "pair.hdr").read_bytes())
    nib.AnalyzeImage(_map(0), AFFINE).to_filename(tmp_path / "old.img")
    for name, message in (("alone.nii", "unreadable"), ("old.img", "Analyze images")):
        with pytest.raises(UnusableImageError, match=message):
            read_map(tmp_path / name)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=600), st.integers(0, 400))
def test_whatever_bytes_come_the_answer_is_a_map_or_a_reason(tmp_path: Path, content: bytes, place: int) -> None:
    """Noise alone, and noise over the header of a good image."""
    nib.Nifti1Image(_map(0), AFFINE).to_filename(tmp_path / "good.nii")
    whole = (tmp_path / "good.nii").read_bytes()
    for bytes_ in (content, whole[:place] + content[:8] + whole[place + len(content[:8]) :]):
        (tmp_path / "x.nii").write_bytes(bytes_)
        try:
            assert np.isfinite(read_map(tmp_path / "x.nii").values).all()
        except UnusableImageError:
            continue


def test_one_volume_series_counts_as_3d(tmp_path: Path) -> None:
    path = _save(tmp_path, "one", _map(0)[..., None])
    _pack([path], tmp_path / "maps.npy", "float32")
    np.testing.assert_array_equal(open_maps(tmp_path / "maps.npy")[0], _map(0))


def test_store_refuses_files_of_different_runs(tmp_path: Path) -> None:
    paths = [_save(tmp_path, f"m{seed}", _map(seed)) for seed in range(2)]
    _store(tmp_path, paths, ["a", "b"])
    grid = json.loads((tmp_path / "grid.json").read_text())
    write_json({**grid, "shape": [3, 3, 3]}, tmp_path / "grid.json")
    with pytest.raises(InputError, match="index and grid say"):
        GmStore.open(tmp_path)


def test_a_damaged_store_is_known_by_its_checksums(tmp_path: Path) -> None:
    store = _store(tmp_path, [_save(tmp_path, f"m{seed}", _map(seed)) for seed in range(3)], ["a", "b", "c"])
    store.verify(threads=2)
    content = bytearray((tmp_path / "maps.npy").read_bytes())
    content[-1] ^= 1  # one bit of the last map
    (tmp_path / "maps.npy").write_bytes(content)
    with pytest.raises(InputError, match=r"1 of 3 packed maps are not what was packed"):
        GmStore.open(tmp_path).verify()
