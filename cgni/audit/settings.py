"""Settings of the audits."""

from cgni.base.settings import Section, section, setting


@section("audit.shuffles")
class ShuffleSettings(Section):
    """Target `null`: the whole of stages 2 and 3 on shuffled labels."""

    count: int = setting(default=20, at_least=2)
    """label shuffles"""
    epochs: int = setting(default=3, at_least=1)
    """of their cheap fits"""


@section("audit")
class AuditSettings(Section):
    """Findings against the planted truth of a simulated study, and models on shuffled labels."""

    hit_r2: float = setting(default=0.2, at_least=0, at_most=1)
    """a called SNP is a hit when its r² with a causal SNP is at least this"""
    fdr: float = setting(default=0.05, above=0, below=1)
    """of the mass-univariate oracle"""
    shuffles: ShuffleSettings = setting(default=ShuffleSettings())
