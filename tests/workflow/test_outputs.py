"""docs/outputs.md against the rules, and its columns against the tables of a finished study."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.workflow.study import REPOSITORY, Study
from tools import make_outputs
from tools.study_rules import study_rules


def test_page_of_outputs_is_up_to_date() -> None:
    assert (REPOSITORY / "docs/outputs.md").read_text() == make_outputs.page(), "run make settings"


@pytest.mark.slow
def test_tables_of_a_finished_study_have_the_columns_that_the_page_names(finished_study: Study) -> None:
    results, compared = finished_study.folder / "results-tiny", 0
    for pattern in {path for rule in study_rules(every=False) for path in rule.outputs if path.endswith(".parquet")}:
        declared = make_outputs.contents(pattern)
        files = _files(results, pattern) if isinstance(declared, pa.Schema) else []
        for file in files:
            assert _names(pq.read_schema(file).names) == _names(declared.names), file
            compared += 1
    assert compared > 40


def _files(results: Path, pattern: str) -> list[Path]:
    return list(results.glob(re.sub(r"\{\w+\}", "*", pattern)))


def _names(columns: list[str]) -> list[str]:
    """Columns in their order, numbered ones once."""
    return list(dict.fromkeys(re.sub(r"\d+$", "N", name) for name in columns))
