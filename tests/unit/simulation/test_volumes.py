"""The table of a simulated lab without images: volumes of its people's regions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.simulation.volumes import image_list, planted_names, region_volumes, volume_labels
from tests.unit.simulation.drawn import drawn_images


def test_volumes_are_the_sums_of_the_maps_in_millilitres(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path)
    table = region_volumes(drawn).set_index("participant_id")
    stacked = np.stack([density for _, density in drawn.draw()])
    for label in drawn.anatomy.regions:
        expected = stacked[:, drawn.anatomy.labels == label].sum(axis=1, dtype=np.float64) * 9**3 / 1000
        known = table[f"region_{label}"].notna().to_numpy()
        assert known.mean() > 0.9
        assert table[f"region_{label}"].to_numpy()[known] == pytest.approx(expected[known], abs=1e-5)
    pd.testing.assert_frame_equal(region_volumes(drawn), table.reset_index())


def test_a_spoilt_image_leaves_half_of_its_volumes(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path, outliers=3)
    unknown = region_volumes(drawn).set_index("participant_id").isna().sum(axis=1)
    assert set(unknown[unknown >= 2].index) >= set(drawn.defects["participant_id"])


def test_a_lab_has_images_or_a_table(tmp_path: Path) -> None:
    drawn = drawn_images(tmp_path)
    listed = image_list(drawn, "maps", tmp_path / "images")
    assert list(listed.columns) == ["participant_id", "path"] and len(listed) == len(
        list((tmp_path / "images").iterdir())
    )
    pd.testing.assert_frame_equal(image_list(drawn, "table", tmp_path / "none"), region_volumes(drawn))
    assert list((tmp_path / "none").iterdir()) == []


def test_labels_bear_the_atlass_names_and_the_unit() -> None:
    assert volume_labels({2: "Slab 2", 7: "b"}).to_numpy().tolist() == [
        ["region_2", "Slab 2", "ml"],
        ["region_7", "b", "ml"],
    ]


def test_planted_regions_bear_the_names_of_the_results(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("2 Slab\n")
    assert planted_names({"atlas_labels": tmp_path / "names.txt"}) == {2: "Slab"}
    pd.DataFrame({"feature": ["region_2"], "name": ["Slab (ml)"]}).to_parquet(tmp_path / "columns.parquet")
    assert planted_names({"image_columns": tmp_path / "columns.parquet"}) == {2: "Slab (ml)"}
