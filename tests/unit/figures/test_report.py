"""The report from hand-made inputs."""

import re
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from cgni.base.version import VERSION
from cgni.classification.ledger import Looks
from cgni.cohort.settings import OutcomeSettings
from cgni.enrichment.schemas import TERMS
from cgni.figures.print_sizes import ONE_COLUMN, TWO_COLUMNS
from cgni.figures.provenance import colophon
from cgni.figures.report import Choices, Evidence, FurtherSets, Page, Report, _shown_width
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style, printed
from cgni.figures.table_files import write_table_files
from tests.unit.figures.made_results import LABELS, declared_tables, made_comparisons, made_performance

_ROOT = Path(__file__).resolve().parents[3]
_TEMPLATE = _ROOT / "resources/report.html.j2"
_CAPTIONS = sorted((_ROOT / "resources/captions").glob("*.md"))


def _named() -> set[str]:
    """Tables that the template names, and those behind them."""
    text = _TEMPLATE.read_text()
    behind = {f"{name}_details" for name in re.findall(r'more\("(\w+)"\)', text)}
    return {"summary", *re.findall(r"tables\.(\w+)", text)} | behind


def _page(folder: Path) -> Page:
    """The real template with a figure a caption, and the tables that the template names, of one cell."""
    figures = [folder / f"{path.stem}.png" for path in _CAPTIONS]
    tables = [folder / f"{name}.csv" for name in sorted(_named())]
    for path in figures:
        path.write_bytes(b"png")
    for path in tables:
        path.write_text("part,sentence\nPeople,<1>\n" if path.stem == "summary" else "x\n<1>\n")
    tables += sorted(folder.glob("table5_*.csv"))  # on further atlases
    return Page.read(str(_TEMPLATE), list(map(str, figures)), list(map(str, _CAPTIONS)), list(map(str, tables)))


def _terms() -> pd.DataFrame:
    """16 terms against each background, those against the whole annotation with the smaller p; one of a component."""
    names = [f"{background} {number:02d}" for background in ("annotated", "tested") for number in range(16)]
    terms = pd.DataFrame({"term": [*names, "of a component"], "background": [n.split()[0] for n in [*names, names[0]]]})
    terms["p"] = [*(10.0 ** -(number % 16 + 1) for number in range(32)), 1e-20]
    terms["component"] = [*([-1] * 32), 1]
    terms["primary"] = terms["background"] == "tested"
    same = {"source": "GO:BP", "genes": "FYN;MAPT", "p_bonferroni": 0.5, "p_bh": 0.25, "term_size": 7}
    same |= {"p_null": 0.125, "q_null": None, "p_family": 0.75, "draws": 60}
    return terms.assign(**same)


def _report(folder: Path, clean: bool = True, terms: pd.DataFrame | None = None, **evidence: Any) -> str:
    lineage = {"rule": ["train"], "fold": 0, "use": "fit", "people": 10, "holdout_people": 0, "validation_people": 0}
    facts: dict[str, Any] = {"looks": Looks(3, 2), "terms_note": "", "warnings": [], "performance": made_performance()}
    facts |= evidence
    shown = Evidence(
        lineage=pd.DataFrame({**lineage, "relatives": 0, "clean": clean}),
        confounds=pd.DataFrame({"model": ["confounds"], "partial_r2": [0.4], "p": [0.0001], "people": [100]}),
        comparisons=made_comparisons(),
        terms=_terms() if terms is None else terms,
        **facts,
    )
    origin = {"file": "a.parquet", "rule": "r", "config_digest": "c0ffee", "config": "{}", "inputs": ["b 1d"]}
    report = Report(
        page=_page(folder),
        evidence=shown,
        choices=Choices("seed: 1\n", {"people.fit_on": "fit"}, "sound", simulated=True),
        labels=LABELS,
        outcome=OutcomeSettings(label="fluid reasoning"),
        provenance=[origin],
        costs=pd.DataFrame({"Rule": ["r"], "Wall time (s)": [1.5]}),
        made=colophon("results"),
    )
    return report.render()


def test_report_is_self_contained_and_escapes(tmp_path: Path) -> None:
    page = _report(tmp_path)
    assert not re.search(r"(src|href)\s*=\s*[\"']?https?:", page) and "<script" not in page
    assert (
        "c0ffee" in page and "<h1>Imaging genetics of fluid reasoning</h1>" in page and "b 1d" in page and "1.5" in page
    )
    assert "&lt;1&gt;" in page and "lineage clean" in page and "LEAKY" not in page


def test_the_page_says_when_by_what_and_how_again(tmp_path: Path) -> None:
    page = _report(tmp_path)
    assert re.search(rf"Made on \d{{4}}-\d\d-\d\d by CGNI {re.escape(VERSION)} \(Python 3\.", page)
    assert "make study CONFIG=results/config.effective.yaml" in page


def test_figures_are_as_wide_beside_each_other_as_in_print(tmp_path: Path) -> None:
    """1004 and 2055 pixels at 300 dpi are 85 and 174 mm; a file that does not say is as wide as it is."""
    style = open_style(FigureSettings(), "")
    for name, width in (("one", ONE_COLUMN), ("two", TWO_COLUMNS)):
        style.save(plt.figure(figsize=printed(width, 40), layout=None), [tmp_path / f"{name}.png"])
    widths = [_shown_width((tmp_path / f"{name}.png").read_bytes()) for name in ("one", "two")]
    assert widths == pytest.approx([489, 1000], abs=1) and _shown_width(b"png") == 0
    assert "style" not in _report(tmp_path).split("<figure>")[1].split("src")[0]


def test_report_of_a_leaky_run_says_so(tmp_path: Path) -> None:
    assert "LEAKY" in _report(tmp_path, clean=False)


def test_models_bear_their_labels(tmp_path: Path) -> None:
    page = _report(tmp_path)
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page, flags=re.DOTALL)]
    assert ["Confounds only", "0.400", "&lt; 0.001", "100"] in rows
    cells = ["Table 1", "+2.0 [-1.0, +5.0]", "0.240", "0.200", "0.300"]
    compared = [row for row in rows if row[:1] == ["Imaging CNN"]]
    assert compared == [["Imaging CNN", people, *cells] for people in ("holdout", "out of fold")]


def test_first_terms_of_each_background_are_listed_those_in_force_first(tmp_path: Path) -> None:
    page = _report(tmp_path)
    found = re.findall(r"<td>((?:tested|annotated) \d\d|of a component)</td>", page)
    # p falls with the number; the last of 16 is cut
    assert found == [f"{background} {n:02d}" for background in ("tested", "annotated") for n in range(15, 0, -1)]
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page, flags=re.DOTALL)]
    (first,) = (row for row in rows if row[1:2] == ["tested 15"])
    p_values = ["0.75", "0.12", "–", "1e-16", "0.5", "0.25"]  # family-wise, null and its q, hypergeometric
    assert first == ["GO:BP", "tested 15", "FYN, MAPT", *p_values, "60", "7", "tested"]


def test_report_without_a_term_has_the_head_of_the_table(tmp_path: Path) -> None:
    note = "no SNP is called in any component, so no term was looked for"
    page = _report(tmp_path, terms=pd.DataFrame(columns=TERMS.names), terms_note=note)
    assert "<th>p (null), family-wise</th>" in page and "GO:BP" not in page and f"Note: {note}." in page


def test_looks_at_the_holdout_are_counted(tmp_path: Path) -> None:
    assert "results folder: 3, of which 2 scored" in " ".join(_report(tmp_path).split())
    assert "No record says" in _report(tmp_path, looks=Looks(0, 0))


def test_a_warning_stands_below_the_summary(tmp_path: Path) -> None:
    page = _report(tmp_path, warnings=["Only 3 % & few"])
    assert (
        page.index('id="summary"') < page.index('<p class="warning">Only 3 % &amp; few</p>') < page.index('id="cohort"')
    )
    assert 'class="warning"' not in _report(tmp_path)


def test_every_table_of_the_study_stands_in_the_report() -> None:
    assert declared_tables() == _named()


def test_every_figure_has_a_caption() -> None:
    rules = (_ROOT / "rules/figures.smk").read_text()
    figures = set(re.findall(r"rule plot_(\w+):", rules))
    assert figures == {path.stem for path in _CAPTIONS}


def test_p_of_few_people_are_not_on_the_page(tmp_path: Path) -> None:
    few = made_performance()
    few.loc[few["metric"].isin(["tp", "fn", "tn", "fp"]), "value"] = 1
    rows = re.findall(r"<tr>(.*?)</tr>", _report(tmp_path, performance=few), flags=re.DOTALL)
    cells = [re.findall(r"<td>(.*?)</td>", row) for row in rows]
    assert ["Imaging CNN", "holdout", "Table 1", *["n = 4"] * 4] in cells


def test_names_that_a_spreadsheet_would_run_come_back_as_they_are(tmp_path: Path) -> None:
    table = pd.DataFrame({"Gene": ["=1+1", "MAPT"], "r": ["-0.12", "+0.30"]})
    write_table_files(table, tmp_path, "table4", {}, "")
    assert (tmp_path / "table4.csv").read_text() == "Gene,r\n'=1+1,-0.12\nMAPT,+0.30\n"
    page = Page.read(str(_TEMPLATE), [], [], [str(tmp_path / "table4.csv")])
    assert page.tables["table4"]["Gene"].tolist() == ["=1+1", "MAPT"]


def test_further_atlases_and_gene_sets_have_sections_of_their_own(tmp_path: Path) -> None:
    plain = _report(tmp_path)
    assert "Table 5 on the atlas" not in plain and "Gene sets" not in plain
    (tmp_path / "table5_lobes.csv").write_text("Region\nLeft lobe\n")
    page = _report(tmp_path, further_sets=[FurtherSets("kegg", _terms(), "no SNP is called in component 2")])
    assert "<h3>Table 5 on the atlas lobes</h3>" in page and "Left lobe" in page
    assert "<h3>Gene sets kegg</h3>" in page and "Note: no SNP is called in component 2." in page
    assert page.count("tested 15") == 2  # the study's terms and those of the sets
