"""Settings of the sparse CCA."""

from typing import Literal

from cgni.base.settings import AUTO, Section, section, setting


@section("scca")
class SccaSettings(Section):
    """Sparse CCA of the two embeddings."""

    components: tuple[int, ...] = setting(default=(1, 2, 3, 4, 5), at_least=1, min_items=1)
    """candidates of the grid"""
    choose: Literal["above_error", "largest_sum"] = setting(default=AUTO)
    """number of components: above_error: the leading ones whose correlation in inner folds exceeds four standard
    errors; largest_sum: that of the largest summed correlation"""
    penalties: tuple[float, ...] = setting(default=(0.1, 0.3, 0.6), above=0, below=1, min_items=1)
    """candidates of each view, as fractions of the largest useful penalty"""
    l1_ratio: float = setting(default=AUTO, above=0, at_most=1)
    """share of the penalty that is L1: 1 the published lasso, below it an elastic net"""
    fit_on: Literal["unseen", "monitor", "training"] = setting(default=AUTO)
    """unseen: training people from whom the encoders did not learn: the monitor people, and with people.encoders_on:
    labelled those without a WM group"""
    inner_folds: int = setting(default=5, at_least=2)
    """folds of the grid's held-out correlations"""
    max_iterations: int = setting(default=5000, at_least=1)
    """of the alternating regressions, a component; few need more than 100"""
    permutations: int = setting(default=10000, at_least=99)
    """of the pairing among unseen people"""
