"""Small effects of all tested SNPs on a trait."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.simulation.schemas import POLYGENIC


@dataclass(frozen=True)
class EqtlSnps:
    """The SNPs that a study tests, as they truly are.

    Attributes
    ----------
    genotypes : int8 [people, SNPs], copies of ALT.
    variant_ids : str [SNPs].
    """

    genotypes: np.ndarray
    variant_ids: np.ndarray

    @classmethod
    def of(cls, genotypes: np.ndarray, variants: pd.DataFrame) -> "EqtlSnps":
        """Those of the planted variants (`schemas.VARIANTS`) that are eQTLs of a network's gene and without defect."""
        tested = variants["is_eqtl"] & (variants["gene_kind"] == "ppi") & variants["defect"].isna()
        rows = np.flatnonzero(tested)
        return cls(genotypes[:, rows], variants["variant_id"].to_numpy()[rows])


def polygenic_scores(
    snps: EqtlSnps, traits: Sequence[str], share: float, rng: np.random.Generator
) -> tuple[np.ndarray, pd.DataFrame]:
    """Draw normal effects of every SNP on every trait, independently.

    Parameters
    ----------
    snps : whose effects.
    traits : names.
    share : variance of each trait's score; 0: no effects.

    Returns
    -------
    scores : float [people, traits], of mean 0 and variance `share`.
    effects : trait, variant_id, effect of a standardised allele count (`schemas.POLYGENIC`); empty at share 0.
    """
    if share == 0:
        return np.zeros((len(snps.genotypes), len(traits))), POLYGENIC.empty_table().to_pandas()
    centred = snps.genotypes - snps.genotypes.mean(axis=0)
    standard = centred / np.maximum(centred.std(axis=0), 1e-9)
    weights = rng.standard_normal((standard.shape[1], len(traits)))
    scores = standard @ weights
    scale = np.sqrt(share) / scores.std(axis=0)
    named = {"trait": np.repeat(list(traits), len(weights)), "variant_id": np.tile(snps.variant_ids, len(traits))}
    return scores * scale, pd.DataFrame({**named, "effect": (weights * scale).T.ravel()})
