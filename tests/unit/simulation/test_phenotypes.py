"""Simulated traits: planted shares, effects, nulls, and the tables that hold them."""

import numpy as np
import pandas as pd
import pytest

from cgni.simulation import traits
from cgni.simulation.people import Pedigree
from cgni.simulation.phenotypes import SimulatedPhenotypes, simulate_phenotypes
from cgni.simulation.settings import SimulatedTraitsSettings, SimulationSettings
from cgni.simulation.truth import TrueCohort

_PEOPLE = 3000


def test_factors_have_small_shares_of_single_snps() -> None:
    rng = np.random.default_rng(2)
    genotypes = rng.integers(0, 3, (500, 4)).astype(float)
    values, betas = traits.factor_values(genotypes, np.array([0, 0, 1, 1]), np.full(4, 0.09), rng)
    assert (betas**2 <= 0.1).all() and np.allclose(values.std(axis=0), 1)


def test_shares_are_equal_or_spread_down_to_the_smallest() -> None:
    factors = np.array([0, 1, 0, 1, 0])
    equal = traits.snp_shares(factors, SimulatedTraitsSettings(snp_share=0.08))
    assert np.allclose(equal, 0.08)
    spread = traits.snp_shares(factors, SimulatedTraitsSettings(snp_share=0.09, smallest_snp_share=0.01))
    assert np.allclose(spread, [0.09, 0.09, 0.03, 0.01, 0.01])  # ratios 3, by hand


def _pedigree(people: int, rng: np.random.Generator) -> Pedigree:
    """Founders, a tenth of them of the second ancestry, with a cline in the others."""
    population = (rng.random(people) < 0.1).astype(int)
    return Pedigree(population, np.full((people, 2), -1), np.where(population == 0, rng.beta(4, 4, people), 0.0))


def _scores(
    effect_scale: float, confound_scale: float, wm_effect_scale: float = 1.0, **own: float
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(3)
    factors = rng.standard_normal((4000, 3))
    confounds = traits.draw_confounds(_pedigree(4000, rng), rng)
    settings = SimulationSettings(
        effect_scale=effect_scale,
        wm_effect_scale=wm_effect_scale,
        confound_scale=confound_scale,
        traits=SimulatedTraitsSettings(low_share=0.38, high_share=0.32, **own),
    )
    liability = traits.wm_liability(factors, np.zeros(4000), confounds, settings, rng)
    return traits.digits_remembered(liability, settings.traits), factors, confounds


def test_effects_and_confounds_reach_wm_as_scaled() -> None:
    scores, factors, confounds = _scores(1.0, 1.0)
    low, high = scores <= 5, scores >= 9
    assert low.mean() == pytest.approx(0.38, abs=0.01) and high.mean() == pytest.approx(0.32, abs=0.01)
    assert set(scores) == set(range(2, 13))
    # the age gap of 5 years is the key's; 4,000 people give it within about 0.4
    assert confounds["age"][low].mean() - confounds["age"][high].mean() == pytest.approx(5, abs=1)
    assert abs(np.corrcoef(factors.sum(axis=1), scores)[0, 1]) > 0.5
    assert confounds["age"].between(45, 80).all()


def test_null_cohorts_are_null() -> None:
    scores, factors, confounds = _scores(0.0, 0.0)
    # 4,000 people: a correlation has a standard error of 0.016
    assert abs(np.corrcoef(factors.sum(axis=1), scores)[0, 1]) < 0.06
    assert abs(np.corrcoef(confounds["age"], scores)[0, 1]) < 0.06
    scores, _, confounds = _scores(0.0, 1.0)
    assert np.corrcoef(confounds["age"], scores)[0, 1] < -0.2
    scores, factors, _ = _scores(1.0, 0.0, wm_effect_scale=0.0)
    assert abs(np.corrcoef(factors.sum(axis=1), scores)[0, 1]) < 0.06


def test_squared_age_and_the_cline_reach_wm_by_their_keys() -> None:
    plain = {"age_gap": 0.0, "ancestry_effect": 0.0}
    for effects, expected in (((0.0, 0.0), (0.0, 0.0)), ((-0.3, 0.0), (-0.3, 0.0)), ((0.0, 0.3), (0.0, 0.3))):
        chosen = dict(zip(("age_squared_effect", "cline_effect"), effects, strict=True))
        scores, _, confounds = _scores(0.0, 1.0, **plain, **chosen)
        squared = (confounds["age"] - 63.5) ** 2
        found = [np.corrcoef(values, scores)[0, 1] for values in (squared, confounds["cline"])]
        # standard error 0.016; digits lose a little of the liability's correlation
        assert found == pytest.approx(expected, abs=0.06)


def _cohort() -> tuple[TrueCohort, pd.DataFrame]:
    """3,000 people, the last two children of the first two; SNPs 1 and 4 are causal."""
    rng = np.random.default_rng(8)
    parents = np.full((_PEOPLE, 2), -1)
    parents[-2:] = (0, 1)
    genotypes = rng.binomial(2, 0.4, (_PEOPLE, 6)).astype(np.int8)
    ids = 1_000_000 + rng.permutation(_PEOPLE)
    pedigree = Pedigree(np.zeros(_PEOPLE, int), parents, np.zeros(_PEOPLE))
    sex, pcs = rng.integers(0, 2, _PEOPLE), rng.standard_normal((_PEOPLE, 10))
    named = {"variant_id": [f"v{n}" for n in range(6)], "factor": [-1, 0, -1, -1, 1, -1]}
    variants = pd.DataFrame({**named, "ref": list("ACGTAC"), "alt": list("GTACCA")})
    variants = variants.assign(is_eqtl=True, gene_kind="ppi", defect=None)
    return TrueCohort(genotypes, ids, sex, pedigree, ids[[7, 9]], pcs, np.ones(_PEOPLE, bool)), variants


def _drawn(seed: int = 5, **settings: object) -> SimulatedPhenotypes:
    return simulate_phenotypes(*_cohort(), SimulationSettings(**settings), seed)


def test_the_causal_snps_explain_their_planted_shares() -> None:
    cohort, _ = _cohort()
    drawn = _drawn()
    assert drawn.betas["variant_id"].tolist() == ["v1", "v4"] and drawn.factors == 2
    assert np.allclose(drawn.betas["variance_share"], 0.1)
    for snp in range(6):
        for factor in range(2):
            r = np.corrcoef(cohort.genotypes[:, snp], drawn.people[f"factor_{factor}"])[0, 1]
            # sqrt(0.1) = 0.32; a correlation has a standard error of 0.018
            expected = drawn.betas["beta"][factor] if (snp, factor) in ((1, 0), (4, 1)) else 0.0
            assert r == pytest.approx(expected, abs=0.07), (snp, factor)


def test_truth_names_the_allele_with_better_wm() -> None:
    cohort, variants = _cohort()
    drawn = _drawn()
    for row in drawn.betas.itertuples():
        column = int(row.variant_id[1:])
        slope = np.corrcoef(cohort.genotypes[:, column], drawn.people["wm_liability"])[0, 1]
        # sqrt(factor_share / factors) beta = sqrt(0.5 / 2) sqrt(0.1) = 0.158; a standard error of 0.018
        assert abs(row.wm_effect) == pytest.approx(0.158, abs=1e-3) and slope == pytest.approx(row.wm_effect, abs=0.07)
        assert row.better_allele == variants["alt" if slope > 0 else "ref"][column]
    without = _drawn(wm_effect_scale=0.0).betas
    assert without["better_allele"].isna().all() and not without["wm_effect"].any()
    assert without["beta"].equals(drawn.betas["beta"]), "factors are there all the same"


def test_small_effects_make_their_share_of_wm() -> None:
    cohort, _ = _cohort()
    plain = SimulatedTraitsSettings(polygenic_share=0.4, factor_share=0.0)
    drawn = _drawn(confound_scale=0.0, traits=plain)
    assert drawn.polygenic["variant_id"].tolist() == [f"v{n}" for n in range(6)] and set(drawn.polygenic["trait"]) == {
        "wm"
    }
    design = np.column_stack([np.ones(_PEOPLE), cohort.genotypes])
    liability = drawn.people["wm_liability"].to_numpy()
    slopes = np.linalg.lstsq(design, liability, rcond=None)[0]
    assert 1 - (liability - design @ slopes).var() / liability.var() == pytest.approx(0.4, abs=0.05)
    assert np.allclose(slopes[1:] * cohort.genotypes.std(axis=0), drawn.polygenic["effect"], atol=0.06)
    assert _drawn(effect_scale=0.0, traits=plain).polygenic.empty and _drawn().polygenic.empty


def test_tables_agree_on_the_people() -> None:
    cohort, _ = _cohort()
    drawn = _drawn()
    assert drawn.people["participant_id"].tolist() == [str(one) for one in cohort.ids]
    assert (drawn.people["sex"] == cohort.sex).all()
    main = drawn.main_table
    assert (main["eid"] == cohort.ids).all() and (main["31-0.0"] == cohort.sex).all()
    known = main["4282-2.0"].notna()
    assert (main.loc[known, "4282-2.0"] == drawn.people.loc[known, "wm_score"]).all()
    assert np.flatnonzero(main["22021-0.0"] == 1).tolist() == [_PEOPLE - 2, _PEOPLE - 1]
    assert main["22020-0.0"].isna().sum() == 2
    assert set(cohort.ids[[7, 9]]) <= set(drawn.withdrawals) <= set(cohort.ids) and len(drawn.withdrawals) == 4


def test_relatives_are_listed_with_their_kinship() -> None:
    cohort, _ = _cohort()
    lines = [line.split() for line in _drawn().relatedness]
    assert lines[0] == ["ID1", "ID2", "HetHet", "IBS0", "Kinship"]
    first, second = cohort.ids[:2], cohort.ids[-2:]
    expected = [(parent, child) for child in second for parent in first] + [tuple(second)]
    assert [tuple(map(int, line[:2])) for line in lines[1:6]] == expected
    assert all(0.2 < float(line[4]) < 0.3 for line in lines[1:6])
    assert len(lines) == 11 and all(0.02 <= float(line[4]) <= 0.04 for line in lines[6:])


def test_the_seed_decides() -> None:
    drawn, again, other = _drawn(), _drawn(), _drawn(seed=6)
    assert drawn.people.equals(again.people) and drawn.main_table.equals(again.main_table)
    assert drawn.relatedness == again.relatedness and np.array_equal(drawn.withdrawals, again.withdrawals)
    assert not drawn.people.equals(other.people)


def test_the_last_factor_makes_people_decline() -> None:
    """change_share of the change's variance is the last factor's: r = -sqrt(.5), but for rounding."""
    own = SimulatedTraitsSettings(points=(0, 100), change_sd=8.0, change_share=0.5, practice=2.0, second_visits=1.0)
    drawn = _drawn(traits=own)
    change = drawn.people["wm_later"] - drawn.people["wm_score"]
    assert change.mean() == pytest.approx(2.0, abs=3 * 8 / np.sqrt(len(change)))
    names = [name for name in drawn.people.columns if name.startswith("factor_")]
    r = [np.corrcoef(change, drawn.people[name])[0, 1] for name in names]
    assert r[-1] == pytest.approx(-np.sqrt(0.5), abs=0.08) and abs(r[0]) < 0.1
    assert (drawn.main_table["4282-3.0"] == drawn.people["wm_later"]).all()
    still = _drawn().people
    assert (still["wm_later"] == still["wm_score"]).all()


def test_points_spread_over_their_scale() -> None:
    scores = _drawn(traits=SimulatedTraitsSettings(points=(0, 13))).people["wm_score"]
    assert scores.between(0, 13).all() and scores.mean() == pytest.approx(6.5, abs=0.2)
    assert scores.std() == pytest.approx(13 / 6, abs=0.2)
