"""Tables as LaTeX: floats with caption and label, whose characters a plain pdflatex knows."""

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from cgni.cohort.settings import OutcomeSettings
from cgni.figures.study_tables import study_tables
from cgni.figures.table_files import latex
from tests.unit.figures.made_results import WEIGHTS, study_models
from tests.unit.figures.test_study_tables import made_study

_HEAD = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{booktabs}
\usepackage{graphicx}
\begin{document}
"""


def _tables() -> dict[str, pd.DataFrame]:
    return study_tables(made_study(), study_models(), WEIGHTS, OutcomeSettings())


def test_a_table_is_a_float_with_caption_and_label() -> None:
    text = latex(_tables()["table1"], "table1")
    assert text.startswith("\\begin{table}") and text.rstrip().endswith("\\end{table}")
    assert "\\caption{Models in unseen people." in text and "\\label{tab:table1}" in text and "\\toprule" in text


def test_no_character_is_left_that_latex_does_not_know() -> None:
    for name, table in _tables().items():
        odd = {letter for letter in latex(table, name) if ord(letter) > 255}
        assert not odd, (name, odd)


def test_every_greek_letter_has_its_command() -> None:
    """A loss term that is added has a symbol of its own; the names are those of LaTeX."""
    letters = pd.DataFrame({"(5) δ": ["λ θ ω ξ"]})
    text = latex(letters, "table2")
    assert r"$\delta$" in text and r"$\lambda$ $\theta$ $\omega$ $\xi$" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no LaTeX on this machine")
def test_all_tables_compile(tmp_path: Path) -> None:
    names = []
    for name, table in _tables().items():
        (tmp_path / f"{name}.tex").write_text(latex(table, name), encoding="utf-8")
        names.append(f"\\input{{{name}}}\n\\clearpage\n")
    (tmp_path / "all.tex").write_text(_HEAD + "".join(names) + "\\end{document}\n")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert run.returncode == 0, run.stdout[-2000:]
    assert (tmp_path / "all.pdf").stat().st_size > 10_000
