"""Tables, figures and the report from hand-made inputs."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.figures import study_tables
from cgni.figures.diagnostics import learning_curves, wm_scores
from cgni.figures.image_quality import gm_quality
from cgni.figures.report import Report
from cgni.figures.results import canonical_variates, performance
from cgni.figures.style import save_figure, use_style
from cgni.figures.table_files import write_table_files

_ROOT = Path(__file__).resolve().parents[3]
_PALETTE = ["#3b6fb6", "#c8553d", "#6a994e", "#8e7cc3", "#e0a030", "#5f6b7a"]
_MODELS = ["cgni_terms1", "cgni_terms124", "imaging_cnn", "confounds"]


_COUNTS = ("tp", "fn", "tn", "fp")


def _comparisons() -> pd.DataFrame:
    names = ["model", "other", "split", "difference", "low", "high", "bootstrap_p", "bootstrap_p_holm", "mcnemar_p",
             "mcnemar_p_holm"]  # fmt: skip
    rows = [("cgni_terms124", "imaging_cnn", split, 0.02, -0.01, 0.05, 0.1, 0.2, 0.15, 0.3)
            for split in ("validation", "holdout")]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _performance() -> pd.DataFrame:
    rows = []
    for model in _MODELS:
        for split in ("train", "validation", "holdout"):
            rows += [(model, split, fold, "balanced_accuracy", 0.6 + 0.1 * fold, None, None, None) for fold in range(2)]
            rows += [
                (model, split, -1, "fold_mean", 0.65, None, None, None),
                (model, split, -1, "fold_sd", 0.05, None, None, None),
            ]
            if split != "train":
                rows.append((model, split, -1, "balanced_accuracy", 0.64, 0.02, 0.6, 0.68))
                rows.append((model, split, -1, "auc", 0.7, 0.02, 0.66, 0.74))
                rows.append((model, split, -1, "balanced_accuracy_matched", 0.61, 0.03, 0.55, 0.67))
                rows += [(model, split, -1, name, 10.0 + n, None, None, None) for n, name in enumerate(_COUNTS)]
    return pd.DataFrame(rows, columns=["model", "split", "fold", "metric", "value", "se", "low", "high"])


def test_table1_prints_percent_and_the_published_row() -> None:
    models = ["cgni_terms124", "imaging_cnn", "confounds"]
    table = study_tables.table1(_performance(), models, _comparisons()).set_index("Model")
    own = table.loc["CGNI (1)+(2)+(4)"]
    assert own["Validation"] == "65.00 ± 5.00" and own["Pooled [95 % interval], holdout"] == "64.0 [60.0, 68.0]"
    assert own["Matched subset [95 % interval], out of fold"] == "61.0 [55.0, 67.0]"
    assert own["TP/FN/TN/FP, holdout"] == "10 / 11 / 12 / 13" and own["Proposed minus this, holdout"] == "–"
    assert table.loc["Imaging CNN", "Proposed minus this, holdout"] == "+2.0 [-1.0, +5.0]"
    assert table.loc["Imaging CNN", "Bootstrap p, McNemar p (Holm), out of fold"] == "0.2, 0.3"
    assert own["Published (train / validation / holdout)"] == "91.37 ± 0.30 / 90.39 ± 0.11 / 88.91 ± 0.66"
    assert table.loc["Confounds only", "Published (train / validation / holdout)"] == "–"


def test_table2_shows_weights_and_marks_the_holdout_descriptive() -> None:
    weights = {"vg": 0.7, "gv": 0.3, "vv": 0.2, "gg": 0.4}
    table = study_tables.table2(_performance(), ["terms1", "terms124"], weights, "terms124")
    assert table["(1) λ"].tolist() == ["1", "0.7"] and table["(3) γ"].tolist() == ["", ""]
    assert "Holdout (descriptive)" in table and table["Chosen"].tolist() == ["", "yes"]


def test_table_files_repeat(tmp_path: Path) -> None:
    table = study_tables.table1(_performance(), _MODELS, _comparisons())
    for folder in ("a", "b"):
        write_table_files(table, tmp_path / folder, "table1", {"rule": "make_tables"}, stamp="")
    for kind in ("csv", "tex", "parquet"):
        assert (tmp_path / f"a/table1.{kind}").read_bytes() == (tmp_path / f"b/table1.{kind}").read_bytes()


def _figures() -> dict[str, object]:
    rng = np.random.default_rng(0)
    curve = pd.DataFrame(
        {"fold": 0, "epoch": [1, 2, 1, 2], "split": ["fit", "fit", "monitor", "monitor"], "value": 1.0}
    )
    variates = pd.DataFrame(
        {"fold": 0, "part": "validation", "component": 1, "imaging": rng.random(30), "genetics": rng.random(30),
         "wm_group": pd.array([0, 1, None] * 10, dtype="Int8")}
    )  # fmt: skip
    maps = pd.DataFrame({"r": rng.uniform(0.8, 1, 50), "site": ["a", "b"] * 25, "head_size": rng.random(50)})
    maps["passed"] = maps["r"] > 0.9
    relations = pd.DataFrame({"variable": ["site"], "value": [0.1], "p": [0.5]})
    return {
        "wm": wm_scores(pd.Series([2, 5, 9, 12, 7, None]), [2, 5], [9, 12], _PALETTE),
        "quality": gm_quality(maps, relations, 0.9, [(np.nan, rng.random((5, 6, 7)))], rng.random((5, 6, 7)), _PALETTE),
        "curves": learning_curves({"Brain age, MAE (years)": curve}, _PALETTE),
        "performance": performance(_performance(), _MODELS, _PALETTE),
        "variates": canonical_variates(variates, _PALETTE),
    }


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_figures_repeat_to_the_byte(tmp_path: Path, kind: str) -> None:
    use_style(_PALETTE)
    for folder in ("a", "b"):
        for name, figure in _figures().items():
            save_figure(figure, [tmp_path / folder / f"{name}.{kind}"], 80, stamp="")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def _report(clean: bool) -> str:
    names = [path.stem for path in sorted((_ROOT / "resources/captions").glob("*.md"))]
    lineage = pd.DataFrame([("train", 0, "fit", 10, 0, 0, 0, clean)])
    lineage.columns = ["rule", "fold", "use", "people", "holdout_people", "validation_people", "relatives", "clean"]
    comparisons = pd.DataFrame(
        {"other": ["imaging_cnn"], "split": ["holdout"], "difference": [0.01], "low": [-0.02], "high": [0.04],
         "bootstrap_p_holm": [0.5], "mcnemar_p_holm": [1.0]}
    )  # fmt: skip
    tables = {
        name: pd.DataFrame({"x": ["<1>"]}) for name in ("summary", "attrition", *(f"table{n}" for n in range(1, 6)))
    }
    return Report(
        template=(_ROOT / "resources/report.html.j2").read_text(),
        figures=dict.fromkeys(names, b"png"),
        captions=dict.fromkeys(names, "A caption."),
        tables=tables,
        lineage=lineage,
        confounds=pd.DataFrame({"model": ["confounds"], "partial_r2": [0.4], "p": [0.01], "people": [100]}),
        comparisons=comparisons,
        terms=pd.DataFrame(),
        recovery=None,
        config="seed: 1\n",
        choices={"people.fit_on": "fit"},
        protocol="sound",
        simulated=True,
        provenance=[{"file": "a.parquet", "rule": "r", "config_digest": "c0ffee", "config": "{}", "inputs": ["b 1d"]}],
        costs=pd.DataFrame({"Rule": ["r"], "Wall time (s)": [1.5]}),
    ).render()


def test_report_is_self_contained_and_escapes() -> None:
    page = _report(clean=True)
    assert not re.search(r"(src|href)\s*=\s*[\"']?https?:", page) and "<script" not in page
    assert "c0ffee" in page and "b 1d" in page and "1.5" in page
    assert "&lt;1&gt;" in page and "lineage clean" in page and "LEAKY" not in page


def test_report_of_a_leaky_run_says_so() -> None:
    assert "LEAKY" in _report(clean=False)


def test_every_figure_has_a_caption() -> None:
    rules = (_ROOT / "rules/figures.smk").read_text()
    figures = set(re.findall(r"rule plot_(\w+):", rules))
    assert figures == {path.stem for path in (_ROOT / "resources/captions").glob("*.md")}
