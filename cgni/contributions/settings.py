"""Settings of the calls."""

from collections.abc import Mapping
from typing import Literal

from cgni.base.settings import AUTO, Section, section, setting


@section("contributions.blocks")
class BlockSettings(Section):
    """Blocks of linked SNPs, and where in them an effect lies."""

    r2: float = setting(default=0.1, above=0, below=1)
    """SNPs at this r² with each other, directly or by a chain of others, share a block: one claim"""
    window_kb: float = setting(default=1000.0, above=0)
    """pairs of SNPs farther apart are not compared"""
    effects: int = setting(default=5, at_least=1)
    """most effects that are looked for in a block"""
    coverage: float = setting(default=0.95, above=0, below=1)
    """probability that a credible set holds a SNP with an effect"""
    purity: float = setting(default=0.5, at_least=0, at_most=1)
    """credible sets with two SNPs at a smaller absolute correlation are left out"""


@section("contributions")
class ContributionSettings(Section):
    """Which regions and SNPs are called."""

    sd: Mapping[str, float] = setting(default={"imaging": 2.5, "genetics": 3.0}, above=0)
    """the published rule: regions and SNPs further than this many SD from the mean contribution are called"""
    rule: Literal["sd", "permutation"] = setting(default=AUTO)
    """what calls a feature: sd, or permutation (q at most fdr, in gated components); both are reported"""
    gate: float = setting(default=0.05, above=0, at_most=1)
    """features are called by permutation in components whose study-wide p is at most this"""
    fdr: float = setting(default=0.05, above=0, below=1)
    """of features called by permutation: one rate over all gated components and both views"""
    null_encoders: int = setting(default=20, at_least=0)
    """whole analyses of shuffled pairings, contributions included; 0: no null, and no p of a feature"""
    null_components: int = setting(default=20, at_least=0)
    """further ones as far as the sparse CCA, for the whole-pipeline p of a component; below 200 in all a generalised
    Pareto tail stands for the rare ones"""
    null_batch: int = setting(default=5, at_least=1)
    """of either in one job"""
    blocks: BlockSettings = setting(default=BlockSettings())
