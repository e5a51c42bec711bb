"""The traits of a simulated cohort and the tables in which a lab would have them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.base.tables import number_columns
from cgni.simulation import traits, ukb_tables
from cgni.simulation.settings import SimulationSettings
from cgni.simulation.truth import TrueCohort

# people of the list beside those whose ids are negative in the genotype files
_FURTHER_WITHDRAWALS = 2


@dataclass(frozen=True)
class SimulatedPhenotypes:
    """What the rule writes.

    Attributes
    ----------
    main_table : the main phenotype table, one row a person.
    relatedness : lines of the relatedness file.
    withdrawals : ids of people who withdrew.
    people : true confounds, WM score and factors of everybody (`schemas.people_schema`).
    betas : the planted effects (`schemas.BETAS`).
    """

    main_table: pd.DataFrame
    relatedness: list[str]
    withdrawals: np.ndarray
    people: pd.DataFrame
    betas: pd.DataFrame

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
    factors, betas = traits.factor_values(cohort.genotypes[:, causal], factor_of, settings.traits.snp_share, rng)
    confounds = traits.draw_confounds(cohort.pedigree.population, rng).assign(sex=cohort.sex)
    scores = traits.wm_scores(factors, confounds, settings, rng)

    pairs = cohort.pedigree.related_pairs()
    related = np.zeros(len(cohort.ids), bool)
    related[[second for _, second in pairs]] = True
    main_table = ukb_tables.main_table(cohort.ids, confounds, scores, cohort.pcs, related, rng)
    relatedness = ukb_tables.relatedness_lines(cohort.ids, pairs, rng)
    withdrawals = np.r_[cohort.withdrawn, rng.choice(cohort.ids, _FURTHER_WITHDRAWALS)]

    people = confounds.assign(participant_id=cohort.ids.astype(str), wm_score=scores)
    own = pd.DataFrame(factors, columns=number_columns("factor", factors.shape[1]))
    effects = {"variant_id": variants["variant_id"].to_numpy()[causal], "factor": factor_of, "beta": betas}
    return SimulatedPhenotypes(
        main_table=main_table,
        relatedness=relatedness,
        withdrawals=withdrawals,
        people=pd.concat([people, own], axis=1),
        betas=pd.DataFrame({**effects, "variance_share": betas**2}),
    )
