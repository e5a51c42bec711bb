"""What imputation would deliver of simulated genotypes: uncertain calls, missing ones, INFO."""

import numpy as np
import pandas as pd

from cgni.simulation.bgen import BgenVariant


def imputed_variants(
    genotypes: np.ndarray, variants: pd.DataFrame, missing_rates: tuple[float, float], rng: np.random.Generator
) -> tuple[list[BgenVariant], pd.DataFrame]:
    """Every variant as a BGEN record and as a row of the mfi file.

    Parameters
    ----------
    genotypes : int8 [people, variants], copies of ALT.
    variants : chrom, pos, ref, alt, rsid, defect; in the order of columns.
    missing_rates : range of the missing rate of variants without that defect.

    Returns
    -------
    records : one a variant.
    imputed : `variants` with alternate_id, maf, minor_allele, info.
    """
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


def genotype_probabilities(
    genotypes: np.ndarray, defect: str, missing_rate: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Imputed probabilities uint8 [people, 2] (REF REF, REF ALT in 1/255) and missing calls bool [people]."""
    people = len(genotypes)
    frequency = genotypes.mean() / 2
    prior = np.array([(1 - frequency) ** 2, 2 * frequency * (1 - frequency), frequency**2])
    certain = np.eye(3)[genotypes]
    doubt = np.full(people, 0.93) if defect == "low_info" else np.where(rng.random(people) < 0.02, 0.06, 0.0)
    probabilities = (1 - doubt[:, None]) * certain + doubt[:, None] * prior
    rate = rng.uniform(0.08, 0.2) if defect == "missing" else missing_rate
    return np.rint(255 * probabilities[:, :2]).astype(np.uint8), rng.random(people) < rate


def impute_info(probabilities: np.ndarray, missing: np.ndarray) -> float:
    """IMPUTE's INFO: 1 - mean(f_i - e_i²) / (2 p (1 - p)), from 8-bit probabilities of those not missing."""
    kept = probabilities[~missing].astype(float) / 255
    heterozygous, homozygous = kept[:, 1], np.clip(1 - kept.sum(axis=1), 0, 1)
    expected, squares = heterozygous + 2 * homozygous, heterozygous + 4 * homozygous
    p = expected.mean() / 2
    return float(1 - (squares - expected**2).mean() / (2 * p * (1 - p))) if 0 < p < 1 else 1.0
