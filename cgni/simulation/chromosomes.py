"""Genotypes of the chosen SNPs, chromosome by chromosome, as a perfect array would read them."""

from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.simulation.coalescent import SOURCES, simulate_haplotypes
from cgni.simulation.people import Pedigree, deal_haplotypes, draw_sources, hand_down
from cgni.simulation.settings import SimulatedGenotypesSettings
from cgni.simulation.variants import assign_alleles, choose_variants, plant_defects, spoil_genotypes

# Between the loci of a sequence, so that their trees differ; dealing the haplotypes locus by locus unlinks them.
_SPACER = 50_000


def draw_genotypes(
    msp: str, loci: pd.DataFrame, pedigree: Pedigree, settings: SimulatedGenotypesSettings, seed: int, folder: Path
) -> tuple[np.ndarray, pd.DataFrame]:
    """Genotypes of the chosen SNPs on all chromosomes, with what is planted in them.

    Parameters
    ----------
    msp : path of msprime's command line program.
    loci : what `choose_loci` returned.
    pedigree : whose genotypes.
    settings : SNPs a gene and what is planted in them.
    seed : the study's.
    folder : existing folder for the program's files.

    Returns
    -------
    genotypes : int8 [people, variants], copies of ALT.
    variants : locus, chrom, pos, ref, alt, rsid, is_eqtl, factor, defect; in the order of columns.
    """
    blocks, tables = [], []
    for chrom, on_chrom in loci.groupby("chrom"):
        rng = np.random.default_rng(derive_seed(seed, "genotypes", int(chrom)))
        sources, step = draw_sources(pedigree, len(on_chrom), rng), settings.locus_length + _SPACER
        samples = _samples(sources)
        positions, haplotypes = simulate_haplotypes(
            msp, samples, step * len(on_chrom), settings.recombination, derive_seed(seed, "msp", int(chrom)), folder
        )
        number, offset = np.divmod(positions, step)
        inside = offset < settings.locus_length
        sites = _sites(on_chrom, number[inside], offset[inside])
        pool = np.repeat(np.arange(len(samples)), 2 * np.array(samples))
        dealt = deal_haplotypes(haplotypes[inside], pool, sources, number[inside], rng)
        genotypes = hand_down(dealt, pedigree, number[inside], rng)
        chosen = choose_variants(genotypes, sites, on_chrom, settings, rng)
        spoilt = plant_defects(genotypes, sites, chosen, on_chrom, settings.defects_per_chromosome, rng)
        table = assign_alleles(_merged(chosen, spoilt).assign(chrom=chrom), rng)
        columns = [
            spoil_genotypes(genotypes[:, site], defect, rng)
            for site, defect in zip(table["site"], table["defect"].fillna(""), strict=True)
        ]
        blocks.append(np.stack(columns, axis=1))
        tables.append(table.drop(columns="site"))
    return np.hstack(blocks), pd.concat(tables, ignore_index=True)


def _samples(sources: np.ndarray) -> tuple[int, ...]:
    """People to sample of each population, so that the locus that needs most haplotypes of it has them."""
    most = [(sources == source).sum(axis=1).max() for source in range(len(SOURCES))]
    return tuple(int(-(-count // 2)) for count in most)


def _sites(loci: pd.DataFrame, number: np.ndarray, offset: np.ndarray) -> pd.DataFrame:
    """Locus and position of sites at `offset` bases within the `number`-th of the loci."""
    return pd.DataFrame({"locus": loci.index.to_numpy()[number], "pos": loci["begin"].to_numpy()[number] + offset})


def _merged(chosen: pd.DataFrame, spoilt: pd.DataFrame) -> pd.DataFrame:
    """Chosen and spoilt variants by position; both records of a position carry its defect."""
    table = pd.concat([chosen.assign(defect=None), spoilt])
    table = table.sort_values(["pos", "defect"], na_position="first").reset_index(drop=True)
    table["defect"] = table.groupby("pos")["defect"].transform("last")
    return table
