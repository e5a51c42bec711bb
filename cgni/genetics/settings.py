"""Settings of the genotypes: their files, quality control, coding and linkage."""

from typing import Literal

from cgni.base.settings import AUTO, Section, section, setting

Build = Literal["GRCh37", "GRCh38"]


@section("inputs.genotypes")
class GenotypeInputs(Section):
    """Genotype files; {chrom} stands for a chromosome."""

    build: Build = setting(default="GRCh37")
    """that of genetics.eqtl.build; checked against its positions and alleles"""
    chromosomes: tuple[int, ...] = setting(
        default=(2, 7, 11, 17, 19, 21), at_least=1, at_most=22, min_items=1, unique=True
    )
    """autosomes to use"""
    files: str = setting(
        default="{results_dir}/simulation/genotypes/ukb22828_c{chrom}_b0_v3.bgen",
        pattern=r"\.(bgen|pgen|bed|vcf|vcf\.gz|bcf)$",
    )
    """.bgen, .pgen, .bed, .vcf, .vcf.gz or .bcf; one file a chromosome, or without {chrom} one for all"""
    sample: str | None = setting(default="{results_dir}/simulation/genotypes/ukb22828_c{chrom}_b0_v3.sample")
    """who is in the files; null: beside them (.sample, .psam, .fam)"""
    mfi: str | None = setting(default="{results_dir}/simulation/genotypes/ukb_mfi_chr{chrom}_v3.txt")
    """imputation INFO; null: INFO of the file, else MaCH r² of dosages"""

    @property
    def chromosome_names(self) -> tuple[str, ...]:
        """The chromosomes as tables and file names write them."""
        return tuple(str(chrom) for chrom in self.chromosomes)


@section("genetics.qc")
class VariantQcSettings(Section):
    """Which variants stay."""

    info: float = setting(default=0.3, at_least=0, at_most=1)
    """keep above"""
    missing: float = setting(default=0.05, at_least=0, at_most=1)
    """keep below"""
    maf: float = setting(default=0.01, at_least=0, below=0.5)
    """keep above"""
    hwe: float = setting(default=1.0e-6, at_least=0, at_most=1)
    """keep above"""
    hard_call: float = setting(default=0.1, above=0, below=0.5)
    """dosages farther than this from 0, 1 and 2 become missing hard calls (plink2 --hard-call-threshold)"""
    strand_ambiguous: Literal["remove", "keep"] = setting(default=AUTO)
    """A/T and C/G variants"""
    hwe_people: Literal["imaged", "reference"] = setting(default=AUTO)
    """on whom Hardy-Weinberg is tested: the reference people with an image, or all reference people"""
    hwe_uncertain: float = setting(default=AUTO, at_least=0, at_most=1)
    """Hardy-Weinberg is judged where at most this share of genotypes is too uncertain for a hard call (1: always)"""
    missing_of: Literal["dosages", "hard_calls"] = setting(default="dosages")
    """what counts as missing: no dosage at all, or no hard call (no dosage within hard_call of 0, 1 or 2)"""


@section("genetics.coding")
class CodingSettings(Section):
    """What stands for a genotype."""

    values: Literal["hard_calls", "dosages"] = setting(default=AUTO)
    """hard calls (0, 1, 2), or dosages (expected counts, 0 to 2) where the genotype files hold any"""
    fill: Literal["mean"] = setting(default="mean")
    """missing allele counts become the mean of the fold's training people"""


@section("genetics.eqtl")
class EqtlSettings(Section):
    """The eQTL table."""

    fdr: float = setting(default=0.05, at_least=0, at_most=1)
    """keep eQTL pairs at or below"""
    build: Build = setting(default="GRCh37")
    """of the eQTL and SNP tables"""


@section("genetics.thin")
class ThinSettings(Section):
    """SNPs for KING (inputs.relatedness: null) and for cohort.pcs: computed."""

    spacing_kb: float = setting(default=20, at_least=0)
    """at most one SNP in so many bases"""
    maf: float = setting(default=0.05, at_least=0.01, below=0.5)
    """keep above"""
    window_kb: int = setting(default=500, at_least=1)
    """window of plink2 --indep-pairwise"""
    r2: float = setting(default=0.1, above=0, below=1)
    """r² of plink2 --indep-pairwise"""


@section("genetics.ld")
class LinkageSettings(Section):
    """Linkage among the variants that passed, on reference people."""

    window_kb: float = setting(default=250, above=0)
    """look at pairs within this distance"""
    block_r2: float = setting(default=0.5, above=0, below=1)
    """pairs at or above belong to one reported LD block"""
    clump_r2: float | None = setting(default=None, above=0, below=1)
    """e.g. 0.2: drop variants at or above with one of smaller eQTL p; null: keep all"""
    per_gene: int | None = setting(default=None, at_least=1)
    """e.g. 10: keep each gene's variants of smallest eQTL p; null: keep all"""


@section("genetics")
class GeneticsSettings(Section):
    """SNPs: candidates from eQTLs and the protein network, quality control, coding, linkage."""

    qc: VariantQcSettings = setting(default=VariantQcSettings())
    coding: CodingSettings = setting(default=CodingSettings())
    eqtl: EqtlSettings = setting(default=EqtlSettings())
    thin: ThinSettings = setting(default=ThinSettings())
    ld: LinkageSettings = setting(default=LinkageSettings())
