"""The grid of sparse CCA: cca-zoo's GridSearchCV over IPLSCCA against the covariance form."""

import argparse
import itertools
import time
import warnings

import numpy as np
from cca_zoo.model_selection import GridSearchCV
from cca_zoo.sparse import IPLSCCA
from sklearn.model_selection import KFold

from benchmarks.common import describe_machine, median_seconds, report
from cgni.base.views import VIEWS
from cgni.scca.ipls import Covariances, largest_penalties
from cgni.scca.moments import Moments
from cgni.scca.settings import SccaSettings
from cgni.scca.sparse import TOLERANCE, score_grid

_FRACTIONS = (0.1, 0.2, 0.3, 0.5, 0.7)
_ITERATIONS = 500


def embeddings(people: int, nodes: int, factors: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two standardised views [people, nodes] that share `factors`, each seen by a third of the nodes."""
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((people, factors))
    views = []
    for _ in range(2):
        loadings = rng.standard_normal((factors, nodes)) * (rng.random((factors, nodes)) < 1 / 3) * 0.5
        view = shared @ loadings + rng.standard_normal((people, nodes))
        views.append((view - view.mean(axis=0)) / view.std(axis=0))
    return views[0], views[1]


def main() -> None:
    """Run both sides and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer people, nodes and components; under a minute")
    parser.add_argument("--repeats", type=int, default=3)
    quick = parser.parse_args().quick
    repeats = parser.parse_args().repeats
    people, nodes, largest, folds = (1000, 40, 4, 3) if quick else (4495, 100, 10, 5)
    peer_counts = [1, 2]  # the part of the grid that the peer runs
    describe_machine()
    print(f"{people} people, {nodes} + {nodes} nodes, 1-{largest} components, 5 x 5 penalties, {folds} folds")
    x, y = embeddings(people, nodes, 12, 0)
    bounds = largest_penalties(Covariances.of(x, y))
    penalties = tuple(fraction * min(bounds) for fraction in _FRACTIONS)
    counts = tuple(range(1, largest + 1))
    settings = SccaSettings(components=counts, penalties=penalties, l1_ratio=1.0, max_iterations=_ITERATIONS)
    splits = list(KFold(folds).split(x))

    def ours() -> dict[tuple, float]:
        moments = [Moments.of(x[test], y[test]) for _, test in splits]
        points = score_grid(moments, settings, fractions=False)
        return {(p.components, *(p.penalties[view] for view in VIEWS)): p.score / p.components for p in points}

    scores, seconds = median_seconds(ours, repeats)
    pairs = [(penalties[2], penalties[2]), (penalties[1], penalties[3]), (penalties[4], penalties[2])]
    peer, peer_seconds = _peer(x, y, peer_counts, pairs, splits)
    fits = len(peer_counts) * len(pairs) * folds
    components_run = sum(peer_counts) * len(pairs) * folds
    # every component of every fit costs the same on average, and the peer fits each count anew
    whole = peer_seconds / components_run * sum(counts) * 25 * folds
    agreement = max(abs(value - scores[key]) for key, value in peer.items())
    print(f"cca-zoo: {fits} fits in {peer_seconds:.1f} s: {len(pairs)} of 25 penalty pairs, components {peer_counts};")
    print(
        f"  extrapolated per fitted component to the whole grid: {whole:.0f} s; ours, the whole grid: {seconds:.2f} s"
    )
    report("scca", ratio=whole / seconds, agreement=agreement, seconds=seconds, peer_seconds_extrapolated=whole)


def _peer(
    x: np.ndarray, y: np.ndarray, counts: list[int], pairs: list[tuple[float, float]], splits: list
) -> tuple[dict[tuple, float], float]:
    scores, begun = {}, time.perf_counter()
    for count, pair in itertools.product(counts, pairs):
        model = IPLSCCA(max_iter=_ITERATIONS, tol=TOLERANCE, random_state=0)
        grid = {"n_components": [count], "alpha": [list(pair)]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            search = GridSearchCV(model, grid, cv=splits, refit=False).fit([x, y])
        scores[(count, *pair)] = float(search.cv_results_["mean_test_score"][0])
    return scores, time.perf_counter() - begun


if __name__ == "__main__":
    main()
