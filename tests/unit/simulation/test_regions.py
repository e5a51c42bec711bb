"""Region densities: what factors, small effects and confounds make of them."""

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.simulation import maps
from cgni.simulation.polygenic import EqtlSnps, polygenic_scores
from cgni.simulation.regions import choose_regions, draw_confound_effects, region_multipliers
from cgni.simulation.settings import SimulatedImagesSettings, SimulationSettings
from tests.unit.simulation.people import drawn_people

_REGIONS = np.array([2, 4, 9])
_NOTHING = SimulatedImagesSettings(age_loss=0.0, sex_effect=0.0, ancestry_effect=0.0)
_NOBODY = pd.DataFrame({"column": [], "factor": [], "loading": []})


def _anatomy() -> maps.Anatomy:
    """Three regions of 1, 2 and 3 voxels."""
    labels = np.zeros((3, 3, 3), int)
    labels[0, 0, 0], labels[1, 0, :2], labels[2, 0, :] = _REGIONS
    return maps.Anatomy(np.eye(4), np.ones((3, 3, 3)), labels, _REGIONS, np.zeros((3, 3, 3, 3)))


def test_planted_regions_are_distinct_and_large_enough() -> None:
    settings = SimulationSettings(
        effect_scale=0.5,
        brain_effect_scale=0.5,
        images=SimulatedImagesSettings(regions_per_factor=1, min_region_voxels=2, loading=0.8),
    )
    planted = choose_regions(_anatomy(), 2, settings, np.random.default_rng(0))
    assert set(planted["region"]) == {4, 9} and planted["factor"].tolist() == [0, 1]
    assert set(planted["sign"]) <= {-1.0, 1.0}
    assert np.allclose(planted["loading"], 0.2 * planted["sign"])  # 0.8 * 0.5 * 0.5
    with pytest.raises(InputError, match="3 regions are to be planted, but only 2 have 2 voxels"):
        choose_regions(_anatomy(), 3, settings, np.random.default_rng(0))


def _multipliers(
    people: pd.DataFrame,
    images: SimulatedImagesSettings,
    planted: pd.DataFrame = _NOBODY,
    own: np.ndarray | None = None,
    regions: int = 3,
) -> np.ndarray:
    rng = np.random.default_rng(2)
    effects = draw_confound_effects(regions, [11025, 11026], images, rng)
    own = np.zeros((len(people), regions)) if own is None else own
    return region_multipliers(own, planted, effects, people, images, rng)


def test_confounds_shift_regions_by_their_settings() -> None:
    people = drawn_people(400, np.random.default_rng(1))
    images = SimulatedImagesSettings(
        region_variation=0.0, age_loss=0.06, age_squared_loss=0.02, sex_effect=0.03, ancestry_effect=0.01
    )
    relative = _multipliers(people, images)
    decades = (people["age"] - 63.5) / 10
    design = np.column_stack([np.ones(400), decades, decades**2, people["sex"], people["population"]])
    slopes = np.linalg.lstsq(design, relative, rcond=None)[0]
    assert ((slopes[1] < -0.5 * 0.06) & (slopes[1] > -1.5 * 0.06)).all()
    assert ((slopes[2] < -0.5 * 0.02) & (slopes[2] > -1.5 * 0.02)).all()
    assert np.allclose(slopes[3], 0.03) and np.allclose(slopes[4], -0.01)


def test_sites_shift_each_region_by_its_own_amount() -> None:
    people = drawn_people(400, np.random.default_rng(1))
    images = SimulatedImagesSettings(
        region_variation=0.0, age_loss=0.0, sex_effect=0.0, ancestry_effect=0.0, site_region=0.05
    )
    relative = _multipliers(people, images, regions=400)
    means = pd.DataFrame(relative).groupby(people["site"].to_numpy()).agg(["mean", "std"]).to_numpy()
    assert np.allclose(means[:, 1::2], 0, atol=1e-12), "the people of a site are alike"
    difference = means[1, ::2] - means[0, ::2]
    # SD of a difference of two shifts: 0.05 sqrt(2), from 400 regions within 0.0025
    assert difference.std() == pytest.approx(0.0707, abs=0.009)


def test_regions_follow_the_cline_in_both_directions() -> None:
    people = drawn_people(3000, np.random.default_rng(3))
    images = SimulatedImagesSettings(
        age_loss=0.0, sex_effect=0.0, ancestry_effect=0.0, cline_effect=0.1, region_variation=0.1
    )
    relative = _multipliers(people, images, regions=200)
    largest = (people["population"] == 0).to_numpy()
    r = np.corrcoef(np.column_stack([people["cline"], relative])[largest], rowvar=False)[0, 1:]
    # about 2,100 people: a standard error of 0.022 a region, which adds little to sizes of 0.05 to 0.15
    assert np.abs(r).mean() == pytest.approx(0.1, abs=0.01) and 0.35 < (r > 0).mean() < 0.65
    assert np.allclose(relative.std(axis=0), 0.1, rtol=0.06)
    none = _multipliers(people, _NOTHING, regions=200)
    r = np.corrcoef(np.column_stack([people["cline"], none])[largest], rowvar=False)[0, 1:]
    assert np.abs(r).mean() == pytest.approx(0.022 * 0.8, abs=0.006)  # the mean of a half-normal is 0.8 SD


def test_a_planted_region_loads_on_its_factor_as_scaled() -> None:
    people = drawn_people(4000, np.random.default_rng(3))
    factors = people[["factor_0", "factor_1"]].to_numpy()
    planted = pd.DataFrame({"column": [2, 0], "factor": [0, 1], "loading": [-0.4, 0.4]})
    relative = _multipliers(people, _NOTHING, planted)
    r = np.corrcoef(np.column_stack([relative, factors]), rowvar=False)[:3, 3:]
    expected = [[0, 0.4], [0, 0], [-0.4, 0]]  # regions 2, 4 and 9; 4,000 people: a standard error of 0.016
    assert np.allclose(r, expected, atol=0.06) and np.allclose(relative.std(axis=0), 0.1, rtol=0.05)


def test_small_effects_make_their_share_of_a_region() -> None:
    rng = np.random.default_rng(8)
    people, genotypes = drawn_people(3000, rng), rng.binomial(2, 0.3, (3000, 50)).astype(np.int8)
    snps = EqtlSnps(genotypes, np.array([f"v{number}" for number in range(50)]))
    names = ["region 2", "region 4", "region 9"]
    scores, effects = polygenic_scores(snps, names, 0.3, rng)
    relative = _multipliers(people, _NOTHING, own=scores)
    design = np.column_stack([np.ones(3000), genotypes])
    fitted = design @ np.linalg.lstsq(design, relative, rcond=None)[0]
    # 50 columns of noise fit 50 / 3,000 of the rest
    assert np.allclose(fitted.var(axis=0) / relative.var(axis=0), 0.3 + 0.7 * 50 / 3000, atol=0.05)
    standard = (genotypes - genotypes.mean(axis=0)) / genotypes.std(axis=0)
    for column, name in enumerate(names):
        own = effects[effects["trait"] == name]
        assert own["variant_id"].tolist() == snps.variant_ids.tolist()
        assert np.allclose(standard @ own["effect"].to_numpy(), scores[:, column])
    assert abs(np.corrcoef(scores, rowvar=False)[0, 1]) < 0.6, "traits have effects of their own"


def test_small_effects_are_those_of_tested_snps() -> None:
    variants = pd.DataFrame(
        {
            "variant_id": list("abcd"),
            "is_eqtl": [True, False, True, True],
            "gene_kind": ["ppi", "ppi", "decoy", "ppi"],
            "defect": [None, None, None, "hwe"],
        }
    )
    snps = EqtlSnps.of(np.arange(8).reshape(2, 4), variants)
    assert snps.variant_ids.tolist() == ["a"] and snps.genotypes.tolist() == [[0], [4]]
