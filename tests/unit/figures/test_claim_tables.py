"""Claims, directions and the overlap with the publication from hand-made results."""

import pandas as pd

from cgni.figures.claim_tables import claims_table, directions_table, published_table
from tests.unit.figures.made_results import RSIDS, made_blocks, made_credible, made_directions, made_published

_OUT_OF_FOLD, _HOLDOUT = (f"Partial r [95 % interval], {people}" for people in ("out of fold", "holdout"))


def test_a_claim_is_a_called_block_with_its_credible_set() -> None:
    (claim,) = claims_table(made_blocks(), made_credible(), RSIDS).to_dict("records")
    assert claim["LD block"] == "1_1" and claim["Position"] == "1:5-9" and claim["Lead SNP"] == "rs5"
    assert claim["Genes"] == "FYN, MAPT (one SNP of several)" and claim["SNPs called (of the block)"] == "2 of 2"
    assert claim["SNPs in credible sets"] == "2" and claim["Best SNP (posterior probability)"] == "rs5 (0.90)"


def test_a_claim_without_a_credible_set_names_its_likeliest_snp() -> None:
    none = made_credible().assign(set=0, lead=False, purity=None)
    (claim,) = claims_table(made_blocks(), none, RSIDS).to_dict("records")
    assert claim["SNPs in credible sets"] == "no set" and claim["Best SNP (posterior probability)"] == "rs5 (0.90)"


def test_no_claim_is_said_in_words() -> None:
    columns = claims_table(made_blocks(), made_credible(), RSIDS).columns
    nothing = {
        "no LD block is called": made_blocks().assign(called=False),
        "no component is significant: no LD block is called": made_blocks().iloc[:0],
    }
    for words, blocks in nothing.items():
        table = claims_table(blocks, made_credible().iloc[:0], RSIDS)
        assert table.columns.equals(columns) and table.iloc[0].tolist() == ["–", words, *[""] * (len(columns) - 2)]


def test_directions_give_the_publications_statement_and_what_goes_with_wm() -> None:
    table = directions_table(made_directions(), RSIDS, "working memory").set_index("Of")
    assert table.index.tolist() == [
        "minor alleles of MAPT",
        "minor allele of rs5",
        "gray matter of Insula L",
        "imaging variate of component 1",
    ]
    gene = table.loc["minor alleles of MAPT"]
    assert gene["On"] == "gray matter of the called regions" and gene["Pairs with more gray matter"] == "1 of 4"
    assert gene["Direction, out of fold"] == "decrease"
    assert set(table[_OUT_OF_FOLD]) == {"-0.12 [-0.18, -0.06]"}
    assert table[_HOLDOUT].tolist() == ["-0.12 [-0.18, -0.06]"] * 2 + ["–", "-0.12 [-0.18, -0.06]"]


def test_directions_without_a_call_say_so_and_keep_the_variates() -> None:
    variates = made_directions()
    variates = variates[variates["kind"] == "variate_outcome"]
    table = directions_table(variates, RSIDS, "working memory")
    assert table["On"].tolist() == [
        "minor alleles on gray matter: there is no called SNP and called region",
        "working memory",
    ]


def test_published_names_follow_their_overlap() -> None:
    table = published_table(made_published())
    assert table[["Kind", "Published"]].to_numpy().tolist() == [
        ["gene", "all 2"],
        ["gene", "MAPT"],
        ["gene", "STAU1"],
        ["region", "all 1"],
        ["region", "Insula L"],
    ]
    assert table["Called here"].tolist() == [
        "1 of 2 (of all tested 2 of 3; p 0.9)",
        "yes",
        "no",
        "0 of 0 (of all tested 0 of 0)",
        "no",
    ]
    assert table["Agrees"].tolist() == ["", "yes", "–", "", "–"]


def test_tables_take_what_a_file_gives_back() -> None:
    """Whole numbers with gaps come back from Parquet as floats."""
    stored = made_directions().astype({"component": float, "positive": float})
    pd.testing.assert_frame_equal(
        directions_table(stored, RSIDS, "working memory"), directions_table(made_directions(), RSIDS, "working memory")
    )
    counts = ["all_tested", "all_called", "published_tested", "published_called"]
    stored = made_published().astype(dict.fromkeys(counts, float))
    pd.testing.assert_frame_equal(published_table(stored), published_table(made_published()))
