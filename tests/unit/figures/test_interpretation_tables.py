"""Tables 4 and 5 and the table of rules from hand-made results."""

import pandas as pd

from cgni.figures.interpretation_tables import floor_of, rules_table, table4, table5
from tests.unit.figures.made_results import (
    VARIANTS,
    by_published_rule,
    made_blocks,
    made_components,
    made_contributions,
    made_directions,
    nothing_gated,
    with_subspace,
)

_SNPS, _CLAIMS = "SNPs (minor allele, frequency; * of several genes)", "Claims (LD blocks called)"
_ALLELE = "Minor allele on working memory, strongest SNP: partial r [95 % interval]"
_REGION = "Gray matter on working memory: partial r [95 % interval]"
_GENES = pd.DataFrame(
    {
        "variant_id": ["1:5:A:G", "1:9:A:G", "1:5:A:G", "2:9:A:G"],
        "gene_id": ["E1", "E1", "E2", "E3"],
        "symbol": ["MAPT", "MAPT", "FYN", None],
    }
)


def _table4(contributions: pd.DataFrame, components: pd.DataFrame, blocks: pd.DataFrame | None = None) -> pd.DataFrame:
    known = made_blocks() if blocks is None else blocks
    return table4(contributions, components, known, made_directions(), _GENES, VARIANTS, "working memory")


def test_table4_lists_a_snp_under_each_of_its_genes_and_counts_linkage_once() -> None:
    table = _table4(made_contributions(), made_components()).set_index("Gene")
    assert table.loc["MAPT", _SNPS] == "rs5 (A, 0.25)*, rs9 (G, 0.40)" and table.loc["FYN", _SNPS] == "rs5 (A, 0.25)*"
    assert table.loc["MAPT", "Position"] == "1:5" and table.loc["MAPT", "z (null)"] == "3.0"
    assert table.loc["MAPT", "LD blocks"] == "1_1" and table.loc["MAPT", _CLAIMS] == "1"
    assert table.loc["MAPT", "q (null)"] == "< 0.02" and table.loc["MAPT", "Published rule"] == "yes"
    assert table.loc["MAPT", "Largest |z|"] == "3.4" and table.loc["MAPT", "Sign against the variate"] == "−"
    assert table.loc["MAPT", _ALLELE] == "-0.12 [-0.18, -0.06]"  # of rs5, which has the smaller p
    assert table.loc["MAPT", "Stability (share of folds that rank it among the strongest)"] == "80%"
    unclaimed = _table4(made_contributions(), made_components(), made_blocks().assign(called=False))
    assert unclaimed[_CLAIMS].tolist() == ["0", "0"]


def test_nothing_called_is_said_in_words_under_the_same_columns() -> None:
    gated, none = made_components(True, True), made_components(False)
    for table, full, feature in (
        (_table4(nothing_gated(), none), _table4(made_contributions(), gated), "Gene"),
        (
            table5(nothing_gated(), none, made_directions(), "working memory"),
            table5(made_contributions(), gated, made_directions(), "working memory"),
            "Region",
        ),
    ):
        assert len(table) == 1 and table.columns.equals(full.columns)
        assert table.iloc[0][feature] == "no component is significant: nothing is called"
    # significant components without a call have words of their own
    assert _table4(nothing_gated(), gated).iloc[0]["Gene"] == "none of the SNPs is called (significant: component 1, 2)"


def test_the_published_rule_calls_in_components_that_are_not_significant() -> None:
    genes = _table4(by_published_rule(), made_components(False), made_blocks().iloc[:0])
    assert genes["Component"].tolist() == ["1 (not significant)"] * 2 and set(genes["Gene"]) == {"FYN", "MAPT"}
    assert set(genes["p (null)"]) == {"–"} and set(genes["LD blocks"]) == {"–"} and set(genes[_CLAIMS]) == {"–"}
    regions = table5(by_published_rule(), made_components(False), made_directions(), "working memory")
    assert regions["Region"].tolist() == ["Insula, left", "Insula, right"] and set(regions["q (null)"]) == {"–"}
    assert regions[_REGION].tolist() == ["-0.12 [-0.18, -0.06]", "–"]


def test_what_is_called_in_the_components_together_alone_stands_last() -> None:
    both = made_components(True, True)
    genes, regions = _table4(with_subspace(), both), table5(with_subspace(), both, made_directions(), "working memory")
    assert genes[["Component", "Gene"]].to_numpy().tolist() == [["1", "FYN"], ["1", "MAPT"], ["together", "E3"]]
    assert genes.iloc[-1][["Largest |z|", "Sign against the variate", "LD blocks"]].tolist() == ["–", "–", "–"]
    assert regions[["Component", "Region"]].to_numpy().tolist() == [
        ["1", "Insula, left"],
        ["together", "Insula, right"],
    ]
    # a single significant component is its own subspace
    assert "together" not in set(_table4(with_subspace(), made_components(True, False))["Component"])


def test_table5_lists_what_the_rule_in_force_calls() -> None:
    table = table5(made_contributions(), made_components(), made_directions(), "working memory")
    assert table["Region"].tolist() == ["Insula, left"] and table["z"].tolist() == ["+3.2"]
    assert table["p (null)"].tolist() == ["< 0.0004"] and table["Sign against the variate"].tolist() == ["+"]
    assert table[_REGION].tolist() == ["-0.12 [-0.18, -0.06]"]  # against the sign, and shown beside it


def test_rules_are_counted_side_by_side() -> None:
    null, cohorts = "share of null features with p < .05", "null cohorts with any call by permutation"
    own = [("genetics", null, 0.05, "0.03 to 0.07"), ("both", cohorts, 0.04, "at most 0.05")]
    calibration = pd.DataFrame(own, columns=["view", "quantity", "value", "expected"])
    components = made_components(True, True, False)
    table = rules_table(with_subspace(), components, made_blocks(), calibration).set_index("quantity")
    assert table["value"].to_dict() == {
        "regions called by the published SD rule": "2",
        "regions called by the permutation null": "1",
        "regions called in the significant components together": "2",
        "SNPs called by the published SD rule": "1",
        "SNPs called by the permutation null": "2",
        "SNPs called in the significant components together": "2",
        "LD blocks called (claims)": "1",
        "snp: share of null features with p < .05": "0.050",
        "both views: null cohorts with any call by permutation": "0.040",
    }
    assert table.loc["SNPs called by the permutation null", "note"] == "of 3, in 2 significant of 3 components"
    assert table.loc["LD blocks called (claims)", "note"] == "of 2, in 2 significant of 3 components"


def test_rules_without_a_significant_component_have_no_subspace() -> None:
    none = pd.DataFrame(columns=["view", "quantity", "value", "expected"])
    table = rules_table(nothing_gated(), made_components(False), made_blocks().iloc[:0], none).set_index("quantity")
    assert table.loc["regions called in the significant components together", "value"] == "–"
    assert table.loc["LD blocks called (claims)", "value"] == "0"


def test_regions_stand_with_their_place() -> None:
    places = pd.DataFrame({"x": [-35.4], "y": [6.6], "z": [3.4], "ml": [14.86]}, index=["Insula_L"])
    table = table5(made_contributions(), made_components(), made_directions(), "working memory", places=places)
    assert table["Centre (MNI, mm)"].tolist() == ["-35, 7, 3"] and table["Volume (ml)"].tolist() == ["14.9"]


def test_the_floor_of_p_is_known_where_all_are_its_multiples() -> None:
    assert floor_of(pd.Series([0.001, 0.003, 0.5, None])) == 0.001
    assert pd.isna(floor_of(pd.Series([0.002, 0.003, 0.5]))) and pd.isna(floor_of(pd.Series([None], dtype=float)))


def test_genes_stand_by_strength() -> None:
    strong = made_contributions()
    strong.loc[strong["feature"] == "2:9:A:G", ["called", "p", "q", "null_z"]] = [True, 1e-5, 0.001, 9.0]
    assert _table4(strong, made_components())["Gene"].tolist() == ["E3", "FYN", "MAPT"]
