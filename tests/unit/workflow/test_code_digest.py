"""The digest of a script's import closure, tables and atomic files."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from cgni.workflow import code_digest
from cgni.base.files import atomic_path, digest_file
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_provenance, read_table, write_table

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "workflow_scripts/__init__.py": "",
        "cgni/__init__.py": "",
        "cgni/a.py": '"""A."""\nfrom cgni.b import f\n',
        "cgni/b.py": 'def f(x):\n    """Double."""\n    return 2 * x\n',
        "cgni/c.py": "X = 1\n",
        "workflow_scripts/run.py": "from cgni.a import f\nprint(f(1))\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(code_digest, "_ROOT", tmp_path)
    return tmp_path


def _digest() -> str:
    for cached in (code_digest._facts, code_digest._remembered, code_digest._files_of):
        cached.cache_clear()
    return code_digest.code_digest("workflow_scripts/run.py")


def test_closure_is_what_is_imported_and_the_packages_above(project: Path) -> None:
    _digest()
    closure = code_digest.import_closure("workflow_scripts/run.py")
    assert [Path(path).name for path in closure] == ["__init__.py", "__init__.py", "a.py", "b.py", "run.py"]


@pytest.mark.parametrize(
    ("name", "text", "same"),
    [
        ("cgni/b.py", 'def f(x):\n    """Twice."""\n\n    # as before\n    return (2 * x)\n', True),
        ("cgni/b.py", "def f(x):\n    return 3 * x\n", False),
        ("cgni/c.py", "X = 2\n", True),
        ("cgni/__init__.py", "Y = 1\n", False),
    ],
)
def test_only_code_that_would_run_counts(project: Path, name: str, text: str, same: bool) -> None:
    before = _digest()
    (project / "workflow_scripts" / name).write_text(text)
    assert (_digest() == before) is same


def test_unchanged_files_are_not_parsed_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _digest()
    with monkeypatch.context() as patch:
        patch.setattr(code_digest.ast, "parse", None)
        assert _digest() == before
    (project / ".snakemake/code_digests.json").write_text("{")  # as after a full disk
    assert _digest() == before
    monkeypatch.setattr(code_digest, "_VERSION", "another")
    assert _digest() == before


def test_relative_imports_are_refused(project: Path) -> None:
    (project / "cgni/b.py").write_text("from . import c\n")
    with pytest.raises(ValueError, match="relative imports"):
        _digest()


def test_every_rule_declares_the_digest_of_its_own_script() -> None:
    for rules in sorted((_ROOT / "rules").glob("*.smk")):
        for block in rules.read_text().split("\nrule ")[1:]:
            script = block.split("script:")[1].split('"')[1].rsplit("/", 1)[1].removesuffix(".py")
            assert f'code("{script}")' in block, f"{rules.name}: {block.splitlines()[0]}"
            assert "log:" in block and "benchmark:" in block and "mem_mb=" in block and "conda:" in block


def test_scripts_read_no_config_behind_snakemakes_back() -> None:
    for script in sorted((_ROOT / "workflow_scripts").glob("*.py")):
        assert "snakemake.config" not in script.read_text(), script.name


def test_table_round_trip_keeps_provenance(tmp_path: Path) -> None:
    schema = pa.schema([pa.field("participant_id", pa.string(), nullable=False), pa.field("age", pa.float64())])
    frame = pd.DataFrame({"participant_id": ["a", "b"], "age": [50.0, None]})
    write_table(frame, tmp_path / "t.parquet", schema, {"rule": "r", "seed": 1})
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.parquet"), frame)
    assert read_provenance(tmp_path / "t.parquet") == {"rule": "r", "seed": 1}
    before = digest_file(tmp_path / "t.parquet")
    write_table(frame, tmp_path / "t.parquet", schema, {"rule": "r", "seed": 1})
    assert digest_file(tmp_path / "t.parquet") == before


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"participant_id": ["a"]}), "missing columns"),
        (pd.DataFrame({"participant_id": ["a"], "age": [1.0], "extra": [1]}), "unexpected"),
        (pd.DataFrame({"participant_id": [None], "age": [1.0]}), "non-nullable"),
    ],
)
def test_tables_that_break_their_schema_are_refused(tmp_path: Path, frame: pd.DataFrame, message: str) -> None:
    schema = pa.schema([pa.field("participant_id", pa.string(), nullable=False), pa.field("age", pa.float64())])
    with pytest.raises(ValueError, match=message):
        write_table(frame, tmp_path / "t.parquet", schema, {})
    assert not list(tmp_path.iterdir())


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    target.write_text(json.dumps(1))
    with pytest.raises(RuntimeError), atomic_path(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "1" and list(tmp_path.iterdir()) == [target]


def test_seeds_differ_by_purpose_and_repeat() -> None:
    assert derive_seed(1, "a", 0) == derive_seed(1, "a", 0)
    assert len({derive_seed(1, "a", 0), derive_seed(1, "a", 1), derive_seed(2, "a", 0), derive_seed(1, "b", 0)}) == 4
