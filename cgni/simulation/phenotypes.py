"""The traits of a simulated cohort and the tables in which a lab would have them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.base.tables import number_columns
from cgni.simulation import traits, ukb_tables
from cgni.simulation.polygenic import EqtlSnps, polygenic_scores
from cgni.simulation.settings import SimulationSettings
from cgni.simulation.truth import TrueCohort

# people of the list beside those whose ids are negative in the genotype files
_FURTHER_WITHDRAWALS = 2


@dataclass(frozen=True)
class SimulatedPhenotypes:
    """What the rule writes.

    Attributes
    ----------
    main_table : the main phenotype table, one row a person of the cohort.
    relatedness : lines of the relatedness file.
    withdrawals : ids of people who withdrew.
    people : true confounds, WM score, membership and factors of everybody of the population (`schemas.people_schema`).
    betas : the planted effects (`schemas.BETAS`).
    polygenic : the small effects on WM (`schemas.POLYGENIC`).
    """

    main_table: pd.DataFrame
    relatedness: list[str]
    withdrawals: np.ndarray
    people: pd.DataFrame
    betas: pd.DataFrame
    polygenic: pd.DataFrame

    @property
    def factors(self) -> int:
        """Number of factors."""
        return int(self.betas["factor"].max()) + 1


def simulate_phenotypes(
    cohort: TrueCohort, variants: pd.DataFrame, settings: SimulationSettings, seed: int
) -> SimulatedPhenotypes:
    """Draw factors from the causal SNPs, confounds, WM scores, and the tables that hold them.

    Parameters
    ----------
    cohort : true genotypes, with sex, families and withdrawals.
    variants : the planted variants (`schemas.VARIANTS`), in the order of the genotypes' columns.
    settings : its scales and its part `traits` are read.
    seed : the study's.
    """
    rng = np.random.default_rng(derive_seed(seed, "simulation", "phenotypes"))
    causal = np.flatnonzero(variants["factor"] >= 0)
    factor_of = variants["factor"].to_numpy()[causal]
    shares = traits.snp_shares(factor_of, settings.traits)
    factors, betas = traits.factor_values(cohort.genotypes[:, causal], factor_of, shares, rng)
    confounds = traits.draw_confounds(cohort.pedigree, rng).assign(sex=cohort.sex)
    small = np.random.default_rng(derive_seed(seed, "simulation", "polygenic", "wm"))
    share = settings.traits.polygenic_share * settings.wm_scale**2
    polygenic, small_effects = polygenic_scores(EqtlSnps.of(cohort.genotypes, variants), ["wm"], share, small)
    liability = traits.wm_liability(factors, polygenic[:, 0], confounds, settings, rng)
    scores = traits.scores_of(liability, settings.traits)

    pairs = cohort.pedigree.related_pairs()
    related = np.zeros(len(cohort.ids), bool)
    related[[second for _, second in pairs]] = True
    changing = np.random.default_rng(derive_seed(seed, "simulation", "change"))
    later = traits.later_scores(scores, factors, settings.traits, changing)
    visits = ukb_tables.Visits(scores, later, settings.traits.second_visits)
    main_table = ukb_tables.main_table(cohort.ids, confounds, visits, cohort.pcs, related, rng)
    listed = [pair for pair in pairs if cohort.members[list(pair)].all()]
    relatedness = ukb_tables.relatedness_lines(cohort.ids, listed, np.flatnonzero(cohort.members), rng)
    withdrawals = np.r_[cohort.withdrawn, rng.choice(cohort.ids[cohort.members], _FURTHER_WITHDRAWALS)]

    people = confounds.assign(
        participant_id=cohort.ids.astype(str),
        wm_score=scores,
        wm_later=later,
        wm_liability=liability,
        member=cohort.members,
    )
    own = pd.DataFrame(factors, columns=number_columns("factor", factors.shape[1]))
    return SimulatedPhenotypes(
        main_table=main_table[cohort.members],
        relatedness=relatedness,
        withdrawals=withdrawals,
        people=pd.concat([people, own], axis=1),
        betas=_effects(variants.iloc[causal], betas, traits.wm_loading(factors.shape[1], settings)),
        polygenic=small_effects,
    )


def _effects(causal: pd.DataFrame, betas: np.ndarray, wm_loading: float) -> pd.DataFrame:
    """The planted effects (`schemas.BETAS`); ALT is counted, and `better_allele` is the one with better WM."""
    effects = causal[["variant_id", "factor"]].reset_index(drop=True)
    effects = effects.assign(beta=betas, variance_share=betas**2, wm_effect=wm_loading * betas)
    better = np.where(effects["wm_effect"] > 0, causal["alt"], causal["ref"])
    return effects.assign(better_allele=np.where(effects["wm_effect"] == 0, None, better))
