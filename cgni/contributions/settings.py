"""Settings of the calls."""

from collections.abc import Mapping
from typing import Literal

from cgni.base.settings import AUTO, Section, section, setting


@section("contributions")
class ContributionSettings(Section):
    """Which regions and SNPs are called."""

    sd: Mapping[str, float] = setting(default={"imaging": 2.5, "genetics": 3.0}, above=0)
    """the published rule: regions and SNPs further than this many SD from the mean contribution are called"""
    rule: Literal["sd", "permutation"] = setting(default=AUTO)
    """what calls a feature: sd, or permutation (q at most fdr); both are reported"""
    fdr: float = setting(default=0.05, above=0, below=1)
    """of features called by permutation, per component"""
    null_encoders: int = setting(default=20, at_least=0)
    """encoders trained on shuffled pairings; 0: no null, and no p"""
    null_batch: int = setting(default=5, at_least=1)
    """of them in one job"""
    ld_r2: float = setting(default=0.2, above=0, below=1)
    """called SNPs at this r² with a stronger one count once"""
