"""Put the pieces together: the genotypes of a simulated cohort, chromosome by chromosome."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.simulation.bgen import BgenVariant
from cgni.simulation.coalescent import simulate_haplotypes
from cgni.simulation.people import Pedigree, hand_down
from cgni.simulation.variants import (
    assign_alleles,
    choose_variants,
    genotype_probabilities,
    impute_info,
    plant_defects,
    spoil_genotypes,
)

# Between the loci of a chromosome, so that linkage disequilibrium does not reach from one to the next.
_SPACER = 200_000


def draw_genotypes(
    msp: str, loci: pd.DataFrame, pedigree: Pedigree, cfg: Mapping[str, Any], seed: int, folder: Path
) -> tuple[np.ndarray, pd.DataFrame]:
    """Genotypes of the chosen SNPs on all chromosomes, with what is planted in them.

    Returns
    -------
    genotypes : int8 [people, variants], copies of ALT as a perfect array would read them.
    variants : locus, chrom, pos, ref, alt, rsid, is_eqtl, factor, defect; in the order of columns.
    """
    blocks, tables = [], []
    for chrom, on_chrom in loci.groupby("chrom"):
        rng = np.random.default_rng(derive_seed(seed, "genotypes", int(chrom)))
        genotypes, sites = _chromosome_sites(
            msp, on_chrom, pedigree, cfg, derive_seed(seed, "msp", int(chrom)), folder, rng
        )
        chosen = choose_variants(
            genotypes, sites, on_chrom, cfg["snps_per_gene"], cfg["not_eqtl_per_gene"], cfg["causal_per_gene"],
            cfg["max_proxies"], 0.2, rng,
        )  # fmt: skip
        spoilt = plant_defects(genotypes, sites, chosen, on_chrom, cfg["defects_per_chromosome"], rng)
        table = pd.concat([chosen.assign(defect=None), spoilt]).assign(chrom=chrom)
        table = table.sort_values(["pos", "defect"], na_position="first").reset_index(drop=True)
        table["defect"] = table.groupby("pos")["defect"].transform("last")  # of both records of a position
        table = assign_alleles(table, rng)
        columns = [
            spoil_genotypes(genotypes[:, site], defect, rng)
            for site, defect in zip(table["site"], table["defect"].fillna(""), strict=True)
        ]
        blocks.append(np.stack(columns, axis=1))
        tables.append(table.drop(columns="site"))
    return np.hstack(blocks), pd.concat(tables, ignore_index=True)


def imputed_variants(
    genotypes: np.ndarray, variants: pd.DataFrame, missing_rates: tuple[float, float], rng: np.random.Generator
) -> tuple[list[BgenVariant], pd.DataFrame]:
    """What imputation would deliver: BGEN variants, and the table with alternate_id, maf, minor_allele, info."""
    records, columns = [], []
    for index, row in enumerate(variants.itertuples()):
        probabilities, missing = genotype_probabilities(
            genotypes[:, index], row.defect or "", rng.uniform(*missing_rates), rng
        )
        alternate_id = f"{row.chrom}:{row.pos}_{row.ref}_{row.alt}"
        records.append(
            BgenVariant(alternate_id, row.rsid, f"{row.chrom:02d}", row.pos, row.ref, row.alt, probabilities, missing)
        )
        frequency = genotypes[:, index].mean() / 2
        minor = row.alt if frequency <= 0.5 else row.ref
        columns.append((alternate_id, min(frequency, 1 - frequency), minor, impute_info(probabilities, missing)))
    extra = pd.DataFrame(columns, columns=["alternate_id", "maf", "minor_allele", "info"], index=variants.index)
    return records, pd.concat([variants, extra], axis=1)


def principal_components(genotypes: np.ndarray, count: int) -> np.ndarray:
    """Scores of the first components of standardised allele counts, float [people, count], scaled as UKB's."""
    frequency = genotypes.mean(axis=0) / 2
    common = np.minimum(frequency, 1 - frequency) > 0.05
    standard = (genotypes[:, common] - 2 * frequency[common]) / np.sqrt(2 * frequency[common] * (1 - frequency[common]))
    left, values, _ = np.linalg.svd(standard - standard.mean(axis=0), full_matrices=False)
    scores = left[:, :count] * values[:count]
    return scores * np.sign(scores[np.abs(scores).argmax(axis=0), np.arange(count)])


def _chromosome_sites(
    msp: str,
    loci: pd.DataFrame,
    pedigree: Pedigree,
    cfg: Mapping[str, Any],
    seed: int,
    folder: Path,
    rng: np.random.Generator,
) -> tuple[np.ndarray, pd.DataFrame]:
    """Genotypes [people, sites] and the sites (locus, pos) of one chromosome's loci."""
    step = cfg["locus_length"] + _SPACER
    positions, haplotypes = simulate_haplotypes(msp, pedigree.founders, step * len(loci), seed, folder)
    number, offset = np.divmod(positions, step)
    inside = offset < cfg["locus_length"]
    number, offset = number[inside], offset[inside]
    sites = pd.DataFrame({"locus": loci.index.to_numpy()[number], "pos": loci["begin"].to_numpy()[number] + offset})
    return hand_down(haplotypes[inside], pedigree, number, rng), sites
