"""40 real maps through packing and quality control, against a plain computation from the files themselves."""

import itertools
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from nilearn.datasets import load_mni152_gm_template
from scipy.stats import median_abs_deviation

from cgni.base.files import write_json
from cgni.base.tables import write_table
from cgni.imaging.check import CheckedMaps, check_maps
from cgni.imaging.paths import list_images
from cgni.imaging.schemas import INDEX
from cgni.imaging.settings import ImageQcSettings, StoreSettings
from cgni.imaging.store import MAPS, GmStore
from cgni.imaging.study_store import StoreTables, pack_study

REAL = Path(__file__).resolve().parents[4] / "shared" / "real" / "images"
_DEVELOPMENT, _THRESHOLD, _CORRELATION, _DEVIATIONS = 30, 0.1, 0.9, 1.0
# largest error of a stored value, as a share of it and as a share of the map's largest
_ERRORS = {"float32": (0.0, 1e-7), "float16": (2.0**-11, 2.0**-24), "uint8": (0.0, 0.5 / 255 + 1e-6)}
# of r, by what rounding does to the values
_R_ERRORS = {"float32": 1e-6, "float16": 1e-4, "uint8": 1e-3}

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real maps (../shared/real/images) are not here")


@pytest.fixture(scope="module")
def plain() -> np.ndarray:
    """The values of all maps as nibabel scales them, in the order of their names."""
    return np.stack([nib.load(path).get_fdata() for path in sorted(REAL.glob("*.nii.gz"))])


@pytest.fixture(scope="module", params=list(_ERRORS))
def packed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[StoreTables, GmStore]:
    folder = tmp_path_factory.mktemp(request.param)
    listed = list_images(str(REAL / "{participant_id}_smwc1.nii.gz"), (2, 3))
    settings = StoreSettings(dtype=request.param)
    tables = pack_study(listed, listed["participant_id"], settings, folder / MAPS, folder / "partial", "", 1)
    write_table(tables.index, folder / "index.parquet", INDEX, {})
    write_json(tables.grid, folder / "grid.json")
    return tables, GmStore.open(folder)


@pytest.fixture(scope="module")
def checked(packed: tuple[StoreTables, GmStore]) -> CheckedMaps:
    tables, store = packed
    roles = np.where(np.arange(len(store.ids)) < _DEVELOPMENT, "development", "holdout")
    splits = pd.DataFrame({"participant_id": store.ids, "role": roles})
    people = pd.DataFrame({"participant_id": store.ids, "site": "a", "sex": 0, "head_size": 1.0})
    people["age"] = np.arange(40.0)
    settings = ImageQcSettings(mask_threshold=_THRESHOLD, correlation=_CORRELATION, deviations=_DEVIATIONS)
    return check_maps(store, tables.grid, splits, people, settings, "development", 1)


def _template(shape: tuple[int, ...], affine: np.ndarray) -> np.ndarray:
    """The MNI152 gray-matter template on a grid, by the eight voxels around each place; 0 outside."""
    image = load_mni152_gm_template(resolution=2)
    values = np.pad(image.get_fdata(), 1)
    to_template = np.linalg.inv(image.affine) @ affine
    places = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1) @ to_template[:3, :3].T
    places = np.clip(places + to_template[:3, 3] + 1, 0, np.array(values.shape) - 1.001)
    low = np.floor(places).astype(int)
    share, found = places - low, np.zeros(shape)
    for corner in itertools.product((0, 1), repeat=3):
        weight = np.where(corner, share, 1 - share).prod(-1)
        found += weight * values[tuple(np.moveaxis(low + corner, -1, 0))]
    return found


def test_the_store_holds_the_values_of_the_files(packed: tuple[StoreTables, GmStore], plain: np.ndarray) -> None:
    tables, store = packed
    assert [f"{name}_smwc1.nii.gz" for name in store.ids] == sorted(path.name for path in REAL.glob("*.nii.gz"))
    relative, of_largest = _ERRORS[str(store.maps.dtype)]
    for row, values in enumerate(plain):
        atol = of_largest * values.max() if store.maps.dtype != np.float16 else of_largest
        np.testing.assert_allclose(store.read_one(row), values, rtol=relative, atol=atol)
    totals, highs = plain.sum(axis=(1, 2, 3)), plain.max(axis=(1, 2, 3))
    np.testing.assert_allclose(tables.index["total"], totals, rtol=1e-6)
    np.testing.assert_allclose(tables.index["high"], highs, rtol=1e-6)
    assert (tables.index["low"] == 0).all() and not tables.index["resampled"].any()
    store.verify()


def test_the_mask_is_where_the_template_is_gray_matter(
    checked: CheckedMaps, packed: tuple[StoreTables, GmStore]
) -> None:
    store = packed[1]
    template = _template(store.grid, store.affine)
    sure = np.abs(template - _THRESHOLD) > 1e-6
    np.testing.assert_array_equal(checked.mask[sure], (template > _THRESHOLD)[sure])
    assert 150_000 < checked.mask.sum() < 300_000 and sure.mean() > 0.999


def _plain_r(maps: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """r of each map with the mean of the development maps but itself, map by map."""
    total, found = maps[:_DEVELOPMENT].sum(axis=0, dtype=np.float64), []
    for row, values in enumerate(maps):
        mean = (total - values) / (_DEVELOPMENT - 1) if row < _DEVELOPMENT else total / _DEVELOPMENT
        found.append(np.corrcoef(values[mask].astype(np.float64), mean[mask])[0, 1])
    return np.array(found)


def test_reference_and_r_are_those_of_a_plain_computation(
    checked: CheckedMaps, packed: tuple[StoreTables, GmStore], plain: np.ndarray
) -> None:
    """No map vouches for itself, and the holdout's maps are in no reference."""
    stored, r = packed[1].read(np.arange(len(plain))), checked.qc["r"].to_numpy()
    np.testing.assert_allclose(r, _plain_r(stored, checked.mask), rtol=0, atol=1e-6)
    np.testing.assert_allclose(checked.reference, stored[:_DEVELOPMENT].mean(axis=0, dtype=np.float64), atol=1e-5)
    np.testing.assert_allclose(r, _plain_r(plain, checked.mask), rtol=0, atol=_R_ERRORS[str(packed[1].maps.dtype)])
    assert checked.qc["reference_member"].sum() == _DEVELOPMENT and not checked.qc["off_scale"].any()
    everywhere = _plain_r(stored, np.ones(stored.shape[1:], dtype=bool))
    np.testing.assert_allclose(checked.qc["r_image"], everywhere, rtol=0, atol=1e-5)
    own = r[:_DEVELOPMENT]
    lowest = np.median(own) - _DEVIATIONS * median_abs_deviation(own, scale="normal")
    passed = checked.qc["passed"].to_numpy()
    np.testing.assert_array_equal(passed, (everywhere > _CORRELATION) & (r >= lowest))
    assert 20 < passed.sum() < 40 and checked.attrition["left"].iloc[-1] == passed.sum()
