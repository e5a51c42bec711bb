"""The genotypes of a simulated cohort and what a lab would have of them."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.simulation import ukb_tables
from cgni.simulation.background import background_components
from cgni.simulation.bgen import BgenVariant, write_bgen
from cgni.simulation.chromosomes import draw_genotypes
from cgni.simulation.imputation import imputed_variants
from cgni.simulation.loci import GeneSources, choose_loci
from cgni.simulation.people import draw_population
from cgni.simulation.schemas import VARIANTS
from cgni.simulation.settings import SimulatedPeopleSettings, SimulationSettings
from cgni.simulation.truth import TrueCohort

_COMPONENTS = 10


@dataclass(frozen=True)
class Samples:
    """The people in the genotype files, in the files' order.

    Attributes
    ----------
    rows : int [samples], their rows in the cohort.
    ids : int [samples], negative for those who withdrew.
    sex : int [samples], 1 male.
    """

    rows: np.ndarray
    ids: np.ndarray
    sex: np.ndarray


@dataclass(frozen=True)
class SimulatedGenotypes:
    """What the rule writes.

    Attributes
    ----------
    cohort : everybody with true genotypes.
    truth : the planted variants (`schemas.VARIANTS`).
    samples : who is in the genotype files.
    records : BGEN records of the variants, over the samples.
    imputed : the variants with alternate_id, maf, minor_allele, info and dosage_r2.
    eqtl, eqtl_snps : the PsychENCODE-like tables.
    """

    cohort: TrueCohort
    truth: pd.DataFrame
    samples: Samples
    records: list[BgenVariant]
    imputed: pd.DataFrame
    eqtl: pd.DataFrame
    eqtl_snps: pd.DataFrame

    def write_chromosome(self, chrom: int, bgen: str | Path, sample: str | Path, mfi: str | Path) -> None:
        """Write the genotype files of one chromosome in UK Biobank's layouts."""
        rows = np.flatnonzero(self.imputed["chrom"] == chrom)
        write_bgen(bgen, [self.records[row] for row in rows], len(self.samples.ids))
        ukb_tables.write_sample(self.samples.ids, self.samples.sex, sample)
        ukb_tables.write_mfi(self.imputed.iloc[rows], mfi)


def simulate_genotypes(
    sources: GeneSources, chromosomes: Sequence[int], settings: SimulationSettings, seed: int, msp: str
) -> SimulatedGenotypes:
    """Draw genes, families, genotypes with planted effects and defects, and what imputation makes of them.

    Parameters
    ----------
    sources : genes, network and ontology.
    chromosomes : autosomes with simulated genes.
    settings : its parts `people` and `genotypes` are read.
    seed : the study's.
    msp : path of msprime's command line program.

    Raises
    ------
    InputError
        A GO term without enough genes, or a failure of msprime.
    """
    rng = np.random.default_rng(derive_seed(seed, "simulation", "loci"))
    loci = choose_loci(sources, chromosomes, settings.genotypes, rng)
    people = settings.people
    pedigree, members = draw_population(people, rng)
    with tempfile.TemporaryDirectory() as folder:
        genotypes, variants = draw_genotypes(msp, loci, pedigree, settings.genotypes, seed, Path(folder))
    ids = np.sort(rng.choice(np.arange(1_000_000, 6_000_000), len(members), replace=False))
    ids = ids[rng.permutation(len(members))]
    samples, withdrawn, sex = _draw_samples(ids, members, people, rng)
    records, imputed = imputed_variants(genotypes[samples.rows], variants, settings.genotypes, rng)
    background = np.random.default_rng(derive_seed(seed, "simulation", "background"))
    components = background_components(pedigree, settings.genotypes.background_snps, _COMPONENTS, background)
    return SimulatedGenotypes(
        cohort=TrueCohort(genotypes, ids, sex, pedigree, withdrawn, components, members),
        truth=_truth(imputed, loci),
        samples=samples,
        records=records,
        imputed=imputed,
        eqtl=ukb_tables.eqtl_table(variants, loci, rng),
        eqtl_snps=ukb_tables.snp_information(variants),
    )


def _draw_samples(
    ids: np.ndarray, members: np.ndarray, people: SimulatedPeopleSettings, rng: np.random.Generator
) -> tuple[Samples, np.ndarray, np.ndarray]:
    """The people in the genotype files, the ids of those who withdrew, and everybody's sex."""
    with_genotypes = (rng.random(len(ids)) >= people.without_genotypes) & members
    rows = rng.permutation(np.flatnonzero(with_genotypes))
    shown = ids[rows].astype(int)
    withdrawn = rng.choice(len(rows), people.withdrawn, replace=False)
    shown[withdrawn] = -np.arange(1, people.withdrawn + 1)
    sex = rng.integers(0, 2, len(ids))
    return Samples(rows, shown, sex[rows]), ids[rows][withdrawn], sex


def _truth(imputed: pd.DataFrame, loci: pd.DataFrame) -> pd.DataFrame:
    """The planted variants with their genes (`schemas.VARIANTS`)."""
    truth = imputed.join(loci[["gene_id", "symbol", "kind"]], on="locus").rename(columns={"kind": "gene_kind"})
    truth["variant_id"] = [f"{row.chrom}:{row.pos}:{row.ref}:{row.alt}" for row in truth.itertuples()]
    return truth[VARIANTS.names]
