"""Settings of the simulated cohort."""

from typing import Literal

from cgni.base.settings import Section, section, setting


@section("simulation.people")
class SimulatedPeopleSettings(Section):
    """Who there is."""

    count: int = setting(default=1500, at_least=60)
    """people"""
    cohorts: int = setting(default=1, at_least=1, at_most=10)
    """cohorts of so many people that one population has, with the same variants and effects; a study is of one"""
    cohort: int = setting(default=1, at_least=1, at_most=10)
    """which of them this study is of; its seed is the population's"""
    children: int = setting(default=40, at_least=1)
    """of them children of two other members"""
    second_ancestry: float = setting(default=0.1, at_least=0, at_most=0.5)
    """share of founders"""
    without_genotypes: float = setting(default=0.03, at_least=0, at_most=0.5)
    """share of people"""
    withdrawn: int = setting(default=3, at_least=0)
    """people who withdrew"""
    cline: float = setting(default=0.0, at_least=0, at_most=0.28)
    """SD of the share of another source's haplotypes within the largest ancestry (mean 0.5); 0: none, no cline"""


@section("simulation.genotypes")
class SimulatedGenotypesSettings(Section):
    """Genes, SNPs, planted effects and defects."""

    go_terms: tuple[str, ...] = setting(
        default=("GO:0097242", "GO:0017171", "GO:0099568"), pattern="^GO:[0-9]{7}$", min_items=1, unique=True
    )
    """one a factor, one an ontology; its causal genes share it"""
    genes_per_factor: int = setting(default=6, at_least=1)
    """causal genes of a factor"""
    causal_per_gene: int = setting(default=1, at_least=1)
    """causal SNPs of a causal gene"""
    ppi_genes: int = setting(default=80, at_least=1)
    """genes of the network, the causal ones included"""
    decoy_genes: int = setting(default=12, at_least=0)
    """genes outside the network"""
    locus_length: int = setting(default=60000, at_least=10000, at_most=1000000)
    """bases around each gene"""
    snps_per_gene: int | tuple[int, int] = setting(default=5, at_least=1)
    """eQTL SNPs of a gene, or the range [fewest, most] from which each gene draws"""
    not_eqtl_per_gene: int = setting(default=3, at_least=0)
    """other SNPs of a gene"""
    max_proxies: int = setting(default=1, at_least=0)
    """other SNPs of the locus at r² >= 0.2 with a causal one"""
    recombination: float = setting(default=1.2, above=0, at_most=10)
    """centimorgans a megabase; less makes LD reach farther within a locus (loci are unlinked in any case)"""
    background_snps: int = setting(default=12000, at_least=100)
    """unlinked SNPs of the rest of the genome, in no file, of which the principal components are made"""
    info: tuple[float, float] = setting(default=(1.0, 1.0), above=0, at_most=1)
    """range of INFO, and of dosages' r² with the truth, of variants without a defect that QC finds by genotypes"""
    defects_per_chromosome: int = setting(default=2, at_least=0)
    """of each kind: low INFO, missing, rare, HWE, duplicated, multi-allelic, ambiguous"""
    missing_rates: tuple[float, float] = setting(default=(0.0, 0.01), at_least=0, at_most=0.04)
    """of variants without that defect"""


@section("simulation.traits")
class SimulatedTraitsSettings(Section):
    """What makes the working-memory score."""

    snp_share: float = setting(default=0.10, above=0, at_most=0.1)
    """of a factor's variance by one causal SNP (larger than in nature)"""
    smallest_snp_share: float = setting(default=0.0, at_least=0, at_most=0.1)
    """causal SNPs' shares are spread evenly in logarithm from this to snp_share; 0: all have snp_share"""
    factor_share: float = setting(default=0.5, at_least=0, at_most=1)
    """of the WM liability's variance by all factors"""
    polygenic_share: float = setting(default=0.0, at_least=0, at_most=0.5)
    """of the WM liability's variance by small effects of all tested SNPs, which regions do not share"""
    age_gap: float = setting(default=5.0, at_least=0, at_most=14)
    """years between the WM groups, the low group older"""
    age_squared_effect: float = setting(default=0.0, at_least=-0.5, at_most=0.5)
    """correlation of the squared distance from 63.5 years with the WM liability"""
    sex_effect: float = setting(default=0.1, at_least=-0.5, at_most=0.5)
    """correlation with the WM liability"""
    site_effect: float = setting(default=0.05, at_least=-0.5, at_most=0.5)
    """correlation with the WM liability"""
    head_size_effect: float = setting(default=-0.05, at_least=-0.5, at_most=0.5)
    """correlation with the WM liability"""
    ancestry_effect: float = setting(default=0.1, at_least=-0.5, at_most=0.5)
    """correlation with the WM liability"""
    cline_effect: float = setting(default=0.0, at_least=-0.5, at_most=0.5)
    """correlation of the cline's coordinate (simulation.people.cline) with the WM liability"""
    points: tuple[int, int] | None = setting(default=None)
    """lowest and highest score of another scale, such as [0, 13]; null: digits remembered, 2 to 12"""
    second_visits: float = setting(default=0.15, at_least=0, at_most=1)
    """share of people with a second imaging visit, 2.3 years after the first"""
    change_sd: float = setting(default=0.0, at_least=0)
    """SD of what the score changes by between the two, before it is rounded; 0: it stays"""
    change_share: float = setting(default=0.0, at_least=0, at_most=1)
    """of that variance by the last factor: people in whom it is high decline"""
    practice: float = setting(default=0.0)
    """what everybody gains by having done the test before"""
    low_share: float = setting(default=0.42, above=0, at_most=0.5)
    """of people in the low group"""
    high_share: float = setting(default=0.38, above=0, at_most=0.5)
    """of people in the high group"""


@section("simulation.images")
class SimulatedImagesSettings(Section):
    """Gray-matter maps, or T1 images of which maps can be made."""

    kind: Literal["maps", "t1", "table"] = setting(default="maps")
    """maps: modulated gray matter in MNI space; t1: T1-weighted images of heads, for imaging.source t1; table: volumes
    of the maps' regions, for imaging.source table, with their labels beside them (simulation/feature_labels.csv)"""
    voxel_mm: float = setting(default=6, at_least=1, at_most=12)
    """grid over SPM's 1.5 mm box; 1.5 gives 121 x 145 x 121"""
    t1_mm: float = setting(default=3.0, at_least=1, at_most=3)
    """edge length of a T1 image's voxels"""
    regions_per_factor: int = setting(default=4, at_least=1, at_most=5)
    """planted regions of a factor"""
    min_region_voxels: int = setting(default=12, at_least=1)
    """smallest region that may be planted"""
    loading: float = setting(default=0.85, at_least=0, at_most=1)
    """of a planted region on its factor"""
    region_variation: float = setting(default=0.10, at_least=0)
    """SD of a region's relative density"""
    polygenic_share: float = setting(default=0.0, at_least=0, at_most=0.9)
    """of each region's own variation by small effects of all tested SNPs, drawn for each region"""
    age_loss: float = setting(default=0.05, at_least=0)
    """mean relative loss a decade"""
    age_squared_loss: float = setting(default=0.0, at_least=0)
    """mean further relative loss by the squared decades from 63.5 years"""
    sex_effect: float = setting(default=0.02)
    """relative, on all regions"""
    ancestry_effect: float = setting(default=0.02)
    """relative, on all regions"""
    cline_effect: float = setting(default=0.0, at_least=0, at_most=0.5)
    """mean absolute correlation of a region's own variation with the cline; each region has its size and sign"""
    site_gain: float = setting(default=0.02, at_least=0)
    """SD of the sites' gains"""
    site_region: float = setting(default=0.0, at_least=0)
    """SD over regions of a site's relative shift of a region"""
    noise: float = setting(default=0.08, at_least=0)
    """SD of smooth relative variation over voxels"""
    without_image: float = setting(default=0.06, at_least=0, at_most=0.5)
    """share of people"""
    missing_not_at_random: float = setting(default=0.0, at_least=0, at_most=5)
    """log odds of having no image by a SD of old age and low WM together; the share stays"""
    extremes_only: bool = setting(default=False)
    """whether only the WM groups (5 digits or fewer, 9 or more) were imaged, as in the publication"""
    outliers: int = setting(default=8, at_least=0)
    """shifted or noisy maps that QC should find"""


@section("simulation")
class SimulationSettings(Section):
    """The simulated cohort."""

    enabled: bool = setting(default=True)
    """false: the inputs are real, no truth to compare with"""
    effect_scale: float = setting(default=1.0, at_least=0, at_most=1)
    """scales all genetic effects on regions and WM; 0: a null cohort"""
    brain_effect_scale: float = setting(default=1.0, at_least=0, at_most=1)
    """scales, beside effect_scale, those on regions alone; 0: genes act on WM without the brain"""
    wm_effect_scale: float = setting(default=1.0, at_least=0, at_most=1)
    """scales, beside effect_scale, those on WM alone"""
    confound_scale: float = setting(default=1.0, at_least=0, at_most=1)
    """scales what age, sex, site, head size and ancestry do to WM; 0: nothing"""
    people: SimulatedPeopleSettings = setting(default=SimulatedPeopleSettings())
    genotypes: SimulatedGenotypesSettings = setting(default=SimulatedGenotypesSettings())
    traits: SimulatedTraitsSettings = setting(default=SimulatedTraitsSettings())
    images: SimulatedImagesSettings = setting(default=SimulatedImagesSettings())

    @property
    def brain_scale(self) -> float:
        """Factor of the genetic effects on regions."""
        return self.effect_scale * self.brain_effect_scale

    @property
    def wm_scale(self) -> float:
        """Factor of the genetic effects on WM."""
        return self.effect_scale * self.wm_effect_scale
