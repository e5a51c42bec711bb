"""From a list of images to packed maps of the study's people, and to those that pass."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from nilearn.datasets import load_mni152_gm_template

from cgni.base.files import digest_value, write_json
from cgni.base.tables import write_table
from cgni.cohort.schemas import ATTRITION
from cgni.imaging.check import CheckedMaps, check_maps
from cgni.imaging.mask import gray_matter_mask
from cgni.imaging.paths import list_images
from cgni.imaging.resampling import resampled
from cgni.imaging.schemas import INDEX, QC, QC_RELATIONS
from cgni.imaging.settings import ImageQcSettings, StoreSettings
from cgni.imaging.store import MAPS, GmStore
from cgni.imaging.study_store import StoreTables, pack_study

SHAPE = (21, 25, 21)
AFFINE = np.array([[9.0, 0, 0, -90], [0, 9, 0, -126], [0, 0, 9, -72], [0, 0, 0, 1]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Maps of p00 ... p23: the template and noise, but that of p20 is noise and that of p21 shifted by half a voxel."""
    folder, rng = tmp_path_factory.mktemp("images"), np.random.default_rng(0)
    pattern = resampled(load_mni152_gm_template(resolution=2), SHAPE, AFFINE, order=1) * (0.5 + rng.random(SHAPE))
    for number in range(24):
        values = pattern + 0.2 * rng.random(SHAPE) if number != 20 else rng.random(SHAPE)
        affine = AFFINE.copy()
        affine[0, 3] += 4.5 * (number == 21)
        nib.save(nib.Nifti1Image(values.astype(np.float32), affine), folder / f"p{number:02d}.nii.gz")
    rows = [(f"p{number:02d}", f"p{number:02d}.nii.gz") for number in range(23, -1, -1)]
    pd.DataFrame(rows, columns=["participant_id", "path"]).to_csv(folder / "images.csv", index=False)
    return folder


def _packed(folder: Path, target: Path) -> StoreTables:
    people = pd.Series([f"p{number:02d}" for number in range(22)] + ["without_image"])
    settings = StoreSettings(dtype="float32")
    listed = list_images(str(folder / "images.csv"), (2, 3))
    return pack_study(listed, people, settings, target / MAPS, target / "partial", "code", 2)


def _fits(table: pd.DataFrame, schema: pa.Schema) -> bool:
    return set(table) == set(schema.names)


def test_the_store_holds_the_studys_people_in_the_order_of_their_ids(folder: Path, tmp_path: Path) -> None:
    store = _packed(folder, tmp_path)
    assert store.index["participant_id"].tolist() == [f"p{number:02d}" for number in range(22)]
    assert store.index["row"].tolist() == list(range(22)) and _fits(store.index, INDEX)
    assert store.index.loc[store.index["resampled"], "participant_id"].tolist() == ["p21"]
    assert store.grid["images"] == {"listed": 24, "packed": 22, "resampled": 1, "blank": 0}
    assert store.grid["shape"] == list(SHAPE) and store.grid["voxel_mm"] == [9, 9, 9]
    assert store.checksum["ids"] == digest_value(store.index["participant_id"].tolist())
    assert store.checksum["crc32"] == digest_value(store.index["crc32"].tolist())


def _checked(folder: Path, target: Path, reference: str) -> tuple[GmStore, CheckedMaps]:
    tables = _packed(folder, target)
    write_table(tables.index, target / "index.parquet", INDEX, {})
    write_json(tables.grid, target / "grid.json")
    store = GmStore.open(target)
    splits = pd.DataFrame({"participant_id": store.ids, "role": ["holdout"] * 4 + ["development"] * 18})
    participants = pd.DataFrame({"participant_id": store.ids, "site": "a", "sex": 0, "head_size": 1.0})
    participants["age"] = np.arange(22.0)
    settings = ImageQcSettings(correlation=0.5, deviations=None)
    return store, check_maps(store, tables.grid, splits, participants, settings, reference, 2)


@pytest.mark.parametrize("reference", ["development", "everybody"])
def test_maps_are_compared_with_the_mean_of_the_reference_people(folder: Path, tmp_path: Path, reference: str) -> None:
    store, checked = _checked(folder, tmp_path, reference)
    maps, members = (
        store.read(np.arange(22)).astype(np.float64),
        np.arange(22) >= (4 if reference == "development" else 0),
    )
    np.testing.assert_array_equal(checked.mask, gray_matter_mask(SHAPE, AFFINE, 0.1))
    expected = []
    for row in range(22):
        others = members & (np.arange(22) != row) if reference == "development" else members
        expected.append(np.corrcoef(maps[row][checked.mask], maps[others].mean(axis=0)[checked.mask])[0, 1])
    np.testing.assert_allclose(checked.qc["r"], expected, atol=1e-5)
    np.testing.assert_allclose(checked.reference, maps[members].mean(axis=0), rtol=1e-5)
    np.testing.assert_array_equal(checked.qc["reference_member"], members)
    failed = checked.qc.loc[~checked.qc["passed"], "participant_id"].tolist()
    assert failed == [person for person, r in zip(store.ids, expected, strict=True) if r <= 0.5] and "p20" in failed
    assert checked.attrition["left"].tolist() == [24, 22, 22, 22 - len(failed)]
    assert checked.relations["variable"].tolist() == ["age"]
    assert all(
        _fits(*pair) for pair in ((checked.qc, QC), (checked.relations, QC_RELATIONS), (checked.attrition, ATTRITION))
    )
    checked.save_arrays(tmp_path / "reference.npy", tmp_path / "mask.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "reference.npy"), checked.reference)
    np.testing.assert_array_equal(np.load(tmp_path / "mask.npy"), checked.mask)
