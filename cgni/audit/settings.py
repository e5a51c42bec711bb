"""Settings of the audits."""

from cgni.base.settings import Section, section, setting


@section("audit")
class AuditSettings(Section):
    """Findings against the planted truth of a simulated study."""

    hit_r2: float = setting(0.2, at_least=0, at_most=1)
    """a called SNP is a hit when its r² with a causal SNP is at least this"""
    fdr: float = setting(0.05, above=0, below=1)
    """of the mass-univariate oracle"""
