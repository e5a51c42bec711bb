"""The null of the enrichment: genes of null replicates, and what they make of a term's p."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, hypergeom

from cgni.enrichment.null import null_draws
from cgni.enrichment.offline import hypergeometric_p, over_represented
from cgni.enrichment.ontology import Ontology
from cgni.enrichment.settings import EnrichmentSettings
from cgni.enrichment.study import Called, enrich_study

SNPS = [f"s{number}" for number in range(6)]
SNP_GENES = pd.DataFrame({"variant_id": [*SNPS, "s0"], "gene_id": ["a", "a", "b", "c", "d", "e", "f"]})
GENES_OF = SNP_GENES.groupby("variant_id")["gene_id"].agg(set)


def _null(replicates: int = 3, components: int = 2, seed: int = 0) -> pd.DataFrame:
    """The consensus and one fold, which must not count, of genetics and of imaging, which must not either."""
    rng = np.random.default_rng(seed)
    rows = [
        (replicate, view, component, fold, feature, rng.exponential(), rng.normal())
        for replicate in range(replicates)
        for component in range(1, components + 1)
        for fold in (-1, 0)
        for view, features in (("genetics", SNPS), ("imaging", ["Insula_L"]))
        for feature in features
    ]
    return pd.DataFrame(rows, columns=["replicate", "view", "component", "fold", "feature", "share", "z"])


def _genes(snps: list[str]) -> frozenset[str]:
    return frozenset().union(*(GENES_OF[snp] for snp in snps))


def _top(values: pd.Series, count: int) -> frozenset[str]:
    return _genes(list(values.sort_values(ascending=False).index[:count]))


def test_draws_of_the_published_rule_are_the_genes_of_the_largest_z() -> None:
    """By a plain loop over replicates and components."""
    null = _null()
    own = null[(null["view"] == "genetics") & (null["fold"] == -1)].assign(size=lambda table: table["z"].abs())
    found = null_draws(
        [null[null["replicate"] < 2], null[null["replicate"] == 2]], {1: 2, 2: 0, -1: 3}, SNP_GENES, "sd"
    )
    each = [_top(group.set_index("feature")["size"], 2) for _, group in own.groupby(["replicate", "component"])]
    together = [_top(group.groupby("feature")["size"].max(), 3) for _, group in own.groupby("replicate")]
    assert found == {1: each, 2: [], -1: together}
    assert len(each) == 6 and len(together) == 3


def test_draws_of_the_permutation_rule_are_ranked_by_the_standardised_share() -> None:
    """Each replicate is standardised by the others, as an observed share is by all (numpy, one replicate at a time)."""
    null = _null(4)
    shares = null[(null["view"] == "genetics") & (null["fold"] == -1)]
    expected = []
    for replicate, component in itertools.product(range(4), (1, 2)):
        others = shares[shares["replicate"] != replicate].groupby("feature")["share"]
        own = shares[(shares["replicate"] == replicate) & (shares["component"] == component)].set_index("feature")
        expected.append(_top((own["share"] - others.mean()) / others.std(), 2))
    assert null_draws([null], {1: 2}, SNP_GENES, "permutation") == {1: expected}


def test_a_replicate_with_fewer_components_gives_fewer_draws() -> None:
    null = _null()
    null = null[(null["replicate"] < 2) | (null["component"] == 1)]
    found = null_draws([null], {1: 1, -1: 1}, SNP_GENES, "sd")
    assert len(found[1]) == 5 and len(found[-1]) == 3


def test_without_replicates_there_is_nothing_to_draw_from() -> None:
    assert null_draws([], {1: 2, -1: 2}, SNP_GENES, "permutation") == {1: [], -1: []}
    # a single component of a single replicate cannot be standardised by others
    assert null_draws([_null(1, 1)], {1: 2}, SNP_GENES, "permutation") == {1: []}


def test_p_of_all_terms_and_queries_is_scipys() -> None:
    rng = np.random.default_rng(1)
    genes = [f"g{number}" for number in range(40)]
    terms = [frozenset(rng.choice(genes, size, replace=False)) for size in (3, 8, 20)]
    queries = [frozenset(rng.choice(genes, size, replace=False)) for size in (0, 1, 5, 12)]
    p, overlaps = hypergeometric_p(terms, queries, len(genes))
    for (row, term), (column, query) in itertools.product(enumerate(terms), enumerate(queries)):
        assert overlaps[row, column] == len(term & query)
        assert p[row, column] == pytest.approx(hypergeom.sf(len(term & query) - 1, 40, len(term), len(query)))


def _ontology(sets: dict[str, list[str]], branches: dict[str, str] | None = None) -> Ontology:
    own = [(branches or {}).get(name, "BP") for name in sets]
    terms = pd.DataFrame({"name": list(sets), "ontology": own}, index=list(sets))
    return Ontology(terms, {}, {name: set(genes) for name, genes in sets.items()}, {}, {})


def test_p_of_a_term_under_the_null_is_counted_from_draws() -> None:
    """By a plain loop: draws whose own hypergeometric p reaches the observed, of this term and of any term."""
    rng = np.random.default_rng(2)
    genes = [f"g{number}" for number in range(30)]
    sets = {f"T{number}": list(rng.choice(genes, 4 + number, replace=False)) for number in range(6)}
    ontology = _ontology({**sets, "rest": genes}, {"T4": "CC", "T5": "CC"})
    query, draws = set(sets["T0"][:3]) | {"g1"}, [set(rng.choice(genes, 5, replace=False)) for _ in range(19)]
    table = over_represented(query, None, ontology, ["GO:BP", "GO:CC"], 2, 20, draws).set_index("term_id")
    background = {"GO:BP": set(genes), "GO:CC": set(sets["T4"]) | set(sets["T5"])}

    def p(name: str, own: set[str]) -> float:
        universe = background["GO:CC" if name in ("T4", "T5") else "GO:BP"]
        overlap = len(set(sets[name]) & own)
        return float(hypergeom.sf(overlap - 1, len(universe), len(sets[name]), len(own & universe)))

    smallest = [min(p(name, draw) for name in sets) for draw in draws]
    p_null = {name: (1 + sum(p(name, draw) <= p(name, query) + 1e-12 for draw in draws)) / 20 for name in sets}
    for name, row in table.iterrows():
        assert row["p"] == pytest.approx(p(name, query)) and row["draws"] == 19
        assert row["p_null"] == pytest.approx(p_null[name])
        assert row["p_family"] == pytest.approx((1 + sum(own <= row["p"] + 1e-12 for own in smallest)) / 20)
    of_source = ["T0", "T1", "T2", "T3"]
    expected = dict(zip(of_source, false_discovery_control([p_null[name] for name in of_source]), strict=True))
    own = table[table["source"] == "GO:BP"]
    assert own["q_null"].to_dict() == pytest.approx({name: expected[name] for name in own.index})
    assert table["p_null"].min() >= 1 / 20 and (table["p_family"] >= table["p_null"]).all()


def test_genes_with_many_snps_do_not_inflate_a_term() -> None:
    """Four genes of a term hold half of the SNPs, and SNPs are drawn at random: the hypergeometric p rejects at .05
    far too often, that of the null in at most 5 % and two standard errors of 200 results.
    """
    many = [f"m{number}" for number in range(4)]
    single = [f"g{number}" for number in range(100)]
    of_snp = np.array([gene for gene in many for _ in range(25)] + single)
    ontology = _ontology({"many": many, "rest": [*single, *many]})
    rng = np.random.default_rng(3)

    def drawn() -> set[str]:
        return set(rng.choice(of_snp, 10, replace=False))

    plain, null = [], []
    for _ in range(200):
        table = over_represented(drawn(), None, ontology, ["GO:BP"], 3, 50, [drawn() for _ in range(39)])
        first = table[table["term_id"] == "many"]
        plain.append(first["p"].min() <= 0.05)
        null.append(first["p_null"].min() <= 0.05)
    assert np.mean(plain) > 0.5
    assert np.mean(null) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)


def test_a_study_reports_its_draws() -> None:
    """Every SNP of gene a is called; no replicate ranks both of its SNPs first, so the floor is reached."""
    shares = [[0.1, 9, 1, 1, 1, 1], [9, 0.1, 1, 1, 1, 1], [1, 1, 9, 9, 1, 1], [1, 1, 1, 1, 9, 9]]
    null = pd.DataFrame(
        [
            (replicate, "genetics", 1, -1, snp, share, share)
            for replicate, own in enumerate(shares)
            for snp, share in zip(SNPS, own, strict=True)
        ],
        columns=["replicate", "view", "component", "fold", "feature", "share", "z"],
    )
    rows = [("genetics", snp, 1, -1, snp in ("s0", "s1")) for snp in SNPS]
    contributions = pd.DataFrame(rows, columns=["view", "feature", "component", "fold", "called"])
    ontology = _ontology({"T": ["a", "f"], "rest": list("abcdef")})
    settings = EnrichmentSettings(engine="offline", sources=("GO:BP",), min_term_size=2, max_term_size=5)
    terms, request = enrich_study(Called(contributions, [null], "sd"), SNP_GENES, ontology, settings)
    assert set(terms["component"]) == {1, -1} and (terms["draws"] == 4).all()
    # {a, f} of the six genes are found and both lie in T; the second replicate draws s0 (a, f) and s2 (b)
    assert terms["p_null"].tolist() == pytest.approx([1 / 5] * len(terms))
    assert all(own["draws"] == 4 for own in request["requests"])
