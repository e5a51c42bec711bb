"""What imputation would deliver of simulated genotypes: uncertain calls, missing ones, INFO."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri

from cgni.simulation.bgen import BgenVariant
from cgni.simulation.settings import SimulatedGenotypesSettings

# INFO of variants that quality control is to find by it
_LOW_INFO = (0.05, 0.2)
# quality control finds these by the genotypes, which imputation would mend
_CALLED_SURELY = ("rare", "hwe")
# mid-points of equal shares of a normal distribution, which stand for it
_NORMAL = ndtri((np.arange(400) + 0.5) / 400)


def imputed_variants(
    genotypes: np.ndarray, variants: pd.DataFrame, settings: SimulatedGenotypesSettings, rng: np.random.Generator
) -> tuple[list[BgenVariant], pd.DataFrame]:
    """Every variant as a BGEN record and as a row of the mfi file.

    Parameters
    ----------
    genotypes : int8 [people, variants], copies of ALT.
    variants : chrom, pos, ref, alt, rsid, defect; in the order of columns.
    settings : `info` and `missing_rates` are read, for variants without that defect.

    Returns
    -------
    records : one a variant.
    imputed : `variants` with alternate_id, maf, minor_allele, info, dosage_r2 (with the true genotypes).
    """
    records, columns = [], []
    for index, row in enumerate(variants.itertuples()):
        true, defect = genotypes[:, index], row.defect or ""
        probabilities = genotype_probabilities(true, _wanted_info(defect, settings.info, rng), rng)
        rates = (0.08, 0.2) if defect == "missing" else settings.missing_rates
        missing = rng.random(len(true)) < rng.uniform(*rates)
        alternate_id = f"{row.chrom}:{row.pos}_{row.ref}_{row.alt}"
        records.append(
            BgenVariant(alternate_id, row.rsid, f"{row.chrom:02d}", row.pos, row.ref, row.alt, probabilities, missing)
        )
        frequency = true.mean() / 2
        minor = row.alt if frequency <= 0.5 else row.ref
        quality = impute_info(probabilities, missing), dosage_r2(probabilities, missing, true)
        columns.append((alternate_id, min(frequency, 1 - frequency), minor, *quality))
    names = ["alternate_id", "maf", "minor_allele", "info", "dosage_r2"]
    return records, pd.concat([variants, pd.DataFrame(columns, columns=names, index=variants.index)], axis=1)


def genotype_probabilities(genotypes: np.ndarray, info: float, rng: np.random.Generator) -> np.ndarray:
    """Imputed probabilities, uint8 [people, 2] (REF REF, REF ALT in 1/255).

    Imputation sees each of a person's two alleles through normal noise and states what follows from it and the
    allele's frequency. Such probabilities are calibrated, so INFO is the r² of dosages with the truth; the noise is
    that of the wanted INFO. At INFO 1 the likeliest genotype is the true one, with a little doubt in a few people.

    Parameters
    ----------
    genotypes : int8 [people], copies of ALT.
    info : the INFO wanted, above 0, at most 1.
    """
    people, frequency = len(genotypes), genotypes.mean() / 2
    if info >= 1 or not 0 < frequency < 1:
        prior = np.array([(1 - frequency) ** 2, 2 * frequency * (1 - frequency), frequency**2])
        doubt = np.where(rng.random(people) < 0.02, 0.06, 0.0)[:, None]
        probabilities = (1 - doubt) * np.eye(3)[genotypes] + doubt * prior
    else:
        alleles = np.stack([genotypes > 0, genotypes > 1], axis=1).astype(float)
        spread = _noise(frequency, info)
        seen = alleles + spread * rng.standard_normal((people, 2))
        first, second = _posterior(seen, frequency, spread).T
        probabilities = np.column_stack([(1 - first) * (1 - second), first + second - 2 * first * second])
    rounded: np.ndarray = np.rint(255 * probabilities[:, :2]).astype(np.uint8)
    return rounded


def impute_info(probabilities: np.ndarray, missing: np.ndarray) -> float:
    """IMPUTE's INFO: 1 - mean(f_i - e_i²) / (2 p (1 - p)), from 8-bit probabilities of those not missing."""
    heterozygous, homozygous = _called(probabilities, missing)
    expected, squares = heterozygous + 2 * homozygous, heterozygous + 4 * homozygous
    p = expected.mean() / 2
    return float(1 - (squares - expected**2).mean() / (2 * p * (1 - p))) if 0 < p < 1 else 1.0


def dosage_r2(probabilities: np.ndarray, missing: np.ndarray, genotypes: np.ndarray) -> float:
    """Squared correlation of dosages with true genotypes among those not missing; 1 where one is constant."""
    heterozygous, homozygous = _called(probabilities, missing)
    pair = np.stack([heterozygous + 2 * homozygous, genotypes[~missing]])
    return float(np.corrcoef(pair)[0, 1] ** 2) if (np.ptp(pair, axis=1) > 0).all() else 1.0


def _called(probabilities: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of REF ALT and ALT ALT of those not missing."""
    kept = probabilities[~missing].astype(float) / 255
    return kept[:, 1], np.clip(1 - kept.sum(axis=1), 0, 1)


def _wanted_info(defect: str, range_: tuple[float, float], rng: np.random.Generator) -> float:
    if defect in _CALLED_SURELY:
        return 1.0
    return float(rng.uniform(*(_LOW_INFO if defect == "low_info" else range_)))


def _posterior(seen: np.ndarray, frequency: float, spread: float) -> np.ndarray:
    """Probability of ALT, given 0 or 1 seen through normal noise of SD `spread`."""
    odds: np.ndarray = expit(logit(frequency) + (seen - 0.5) / spread**2)
    return odds


def _noise(frequency: float, info: float) -> float:
    """SD of the noise through which the posterior has the wanted share of an allele's variance.

    The posterior is calibrated, so that share is E[posterior | ALT] - E[posterior | REF].
    """

    def excess(log_spread: float) -> float:
        spread = float(np.exp(log_spread))
        means = [_posterior(allele + spread * _NORMAL, frequency, spread).mean() for allele in (1, 0)]
        return float(means[0] - means[1] - info)

    # from noise that hides no allele to noise that hides all
    return float(np.exp(brentq(excess, np.log(0.02), np.log(50.0), xtol=1e-6))) if excess(np.log(0.02)) > 0 else 0.02
