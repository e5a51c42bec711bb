"""Which simulated sites become SNPs, which are causal, and which are spoilt for the QC to find."""

import numpy as np
import pandas as pd

from cgni.simulation.settings import SimulatedGenotypesSettings

# a SNP linked to a causal one at least this closely stands for it
PROXY_R2 = 0.2
_ALLELES = np.array([("A", "G"), ("G", "A"), ("C", "T"), ("T", "C"), ("A", "C"), ("G", "T")])
_AMBIGUOUS = np.array([("A", "T"), ("T", "A"), ("C", "G"), ("G", "C")])
# of sites of their own
_SITE_DEFECTS = ("low_info", "missing", "rare", "hwe", "strand_ambiguous")
# of a second record at another SNP's position
_TWIN_DEFECTS = ("duplicated", "multi_allelic")
DEFECTS = _SITE_DEFECTS + _TWIN_DEFECTS


def squared_correlation(genotypes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """r² between columns of two [people, sites] arrays; 0 where a column is constant."""
    first, second = _standardise(genotypes), _standardise(others)
    r2: np.ndarray = (first.T @ second / len(genotypes)) ** 2
    return r2


def choose_variants(
    genotypes: np.ndarray,
    sites: pd.DataFrame,
    loci: pd.DataFrame,
    settings: SimulatedGenotypesSettings,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Choose SNPs around each gene and the causal ones among them.

    A causal gene's SNPs are chosen so that each causal SNP has at most `max_proxies` others in
    its locus at r² >= `PROXY_R2`: by share, few SNPs may stand for a factor (study B23).

    Parameters
    ----------
    genotypes : int8 [people, sites].
    sites : locus (row of `loci`), pos; one row a site.
    loci : factor (-1: not causal); one row a gene.

    Returns
    -------
    DataFrame
        site, locus, pos, is_eqtl, factor (-1: not causal).
    """
    frequency = genotypes.mean(axis=0) / 2
    common = np.minimum(frequency, 1 - frequency) >= 0.08
    rows = []
    for number, locus in loci.iterrows():
        inside = np.flatnonzero((sites["locus"].to_numpy() == number) & common)
        candidates = rng.permutation(inside)
        causal = list(candidates[: settings.causal_per_gene]) if locus["factor"] >= 0 else []
        others = [site for site in candidates if site not in causal]
        if causal:
            r2 = squared_correlation(genotypes[:, causal], genotypes[:, others]).max(axis=0)
            close = [site for site, value in zip(others, r2, strict=True) if value >= PROXY_R2]
            others = close[: settings.max_proxies] + [site for site in others if site not in set(close)]
        wanted = _snps_of_gene(settings.snps_per_gene, rng) - len(causal)
        rows += [(site, number, True, locus["factor"]) for site in causal]
        rows += [(site, number, True, -1) for site in others[:wanted]]
        rows += [(site, number, False, -1) for site in others[wanted : wanted + settings.not_eqtl_per_gene]]
    chosen = pd.DataFrame(rows, columns=["site", "locus", "is_eqtl", "factor"])
    chosen["pos"] = sites["pos"].to_numpy()[chosen["site"]]
    return chosen.sort_values(["locus", "pos"]).reset_index(drop=True)


def _snps_of_gene(setting: int | tuple[int, int], rng: np.random.Generator) -> int:
    """eQTL SNPs of one gene: the number, or one drawn from the range with both ends."""
    return setting if isinstance(setting, int) else int(rng.integers(setting[0], setting[1] + 1))


def plant_defects(
    genotypes: np.ndarray,
    sites: pd.DataFrame,
    chosen: pd.DataFrame,
    loci: pd.DataFrame,
    per_kind: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Choose further sites of PPI genes that are to fail QC.

    Parameters
    ----------
    genotypes, sites, loci : as in `choose_variants`; `loci` with kind.
    chosen : what `choose_variants` returned.
    per_kind : sites of each kind of `DEFECTS`; fewer on a chromosome with few such sites.

    Returns
    -------
    DataFrame
        Rows like those of `choose_variants`, with a column `defect`; a duplicated and a multi-allelic one
        stand at another SNP's position.
    """
    frequency = genotypes.mean(axis=0) / 2
    minor = np.minimum(frequency, 1 - frequency)
    free = np.ones(len(sites), bool)
    free[chosen["site"]] = False
    free &= np.isin(sites["locus"], loci.index[loci["kind"] == "ppi"])
    rare = rng.permutation(np.flatnonzero(free & (minor > 0.001) & (minor < 0.006)))
    common = rng.permutation(np.flatnonzero(free & (minor > 0.15)))
    rows = []
    for number, kind in enumerate(_SITE_DEFECTS):
        pool = rare if kind == "rare" else common[number * per_kind :]
        rows += [(site, sites["locus"].iat[site], sites["pos"].iat[site], kind) for site in pool[:per_kind]]
    plain = chosen[chosen["is_eqtl"] & (chosen["factor"] < 0)]
    plain = plain[plain["locus"].map(loci["kind"]) == "ppi"]
    twins = plain.sample(min(2 * per_kind, len(plain)), random_state=int(rng.integers(2**31)))
    kinds = [_TWIN_DEFECTS[number % 2] for number in range(len(twins))]
    rows += [(row.site, row.locus, row.pos, kind) for row, kind in zip(twins.itertuples(), kinds, strict=True)]
    spoilt = pd.DataFrame(rows, columns=["site", "locus", "pos", "defect"])
    return spoilt.assign(is_eqtl=True, factor=-1)


def assign_alleles(variants: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add REF and ALT (strand-ambiguous ones where that is the defect) and an rsID.

    Two records of a position share the alleles if they are `duplicated`, and REF alone if `multi_allelic`.
    """
    drawn = _ALLELES[rng.integers(0, len(_ALLELES), len(variants))]
    result = variants.assign(ref=drawn[:, 0], alt=drawn[:, 1])
    result["rsid"] = [f"rs{number}" for number in rng.choice(10**9, len(variants), replace=False) + 10**8]
    ambiguous = (result["defect"] == "strand_ambiguous").to_numpy()
    result.loc[ambiguous, ["ref", "alt"]] = _AMBIGUOUS[rng.integers(0, len(_AMBIGUOUS), ambiguous.sum())]
    for _, group in result.groupby(["chrom", "pos"]):
        if len(group) > 1:
            ref, alt = result.loc[group.index[0], ["ref", "alt"]]
            # the transition partner excepted, so that REF and the third allele are not ambiguous either
            third = next(base for base in "ACGT" if base not in (ref, alt) and {ref, base} not in ({*"AT"}, {*"CG"}))
            other = alt if group["defect"].iat[0] == "duplicated" else third
            result.loc[group.index[1:], ["ref", "alt"]] = [ref, other]
    return result


def spoil_genotypes(genotypes: np.ndarray, defect: str, rng: np.random.Generator) -> np.ndarray:
    """Genotypes int8 [people] with the excess of homozygotes of a genotyping error, if that is the defect."""
    if defect != "hwe":
        return genotypes
    spoilt = genotypes.copy()
    heterozygous = np.flatnonzero(genotypes == 1)
    changed = rng.choice(heterozygous, round(0.6 * len(heterozygous)), replace=False)
    spoilt[changed] = rng.choice([0, 2], len(changed)).astype(np.int8)
    return spoilt


def _standardise(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=0)
    spread = centred.std(axis=0)
    standard: np.ndarray = np.divide(centred, spread, out=np.zeros_like(centred, dtype=float), where=spread > 0)
    return standard
