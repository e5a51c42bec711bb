"""The digest of a script's import closure: what reruns a job, and what does not."""

import ast
from pathlib import Path

import pytest

from cgni.workflow import code_digest

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
    monkeypatch.setattr(code_digest, "_SCRIPTS_IN", tmp_path)
    monkeypatch.setattr(code_digest, "_PACKAGE_IN", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _digest() -> str:
    for cached in (code_digest._facts, code_digest._remembered, code_digest._files_of):
        cached.cache_clear()
    return code_digest.code_digest("workflow_scripts/run.py")


def test_closure_is_what_is_imported_and_the_packages_above(project: Path) -> None:
    _digest()
    closure = code_digest.import_closure("workflow_scripts/run.py")
    assert closure == ["cgni/__init__.py", "cgni/a.py", "cgni/b.py", "workflow_scripts/run.py"]


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
    (project / name).write_text(text)
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


KITCHEN = '''"""Settings of the kitchen."""

from cgni.base.settings import Section, section, setting


@section("kitchen")
class KitchenSettings(Section):
    """A kitchen."""

    seats: int = setting(default=4, at_least=1)
    """chairs"""
    heat: float = setting(default=180.0, above=0, below=300)
    """in degrees"""

    def crowded(self, guests: int) -> bool:
        """Whether some stand."""
        return guests > self.seats
'''


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("default=4", "default=[4, 5, 6]", True),
        ("at_least=1", "at_least=0, at_most=99", True),
        ("above=0, below=300", "pattern='x'", True),
        ('"""chairs"""', '"""places at the table"""', True),
        ('    """chairs"""\n', "", True),
        ('"""A kitchen."""', '"""Where people cook."""', True),
        ('"""Whether some stand."""', '"""Whether there are too few chairs."""', True),
        ("seats: int", "seats: float", True),
        ('    """in degrees"""\n', '    """in degrees"""\n    fan: bool = setting(default=True)\n', True),
        ('    heat: float = setting(default=180.0, above=0, below=300)\n    """in degrees"""\n', "", True),
        ("seats: int = setting(default=4, at_least=1)", "seats: int = 4", False),
        ("guests > self.seats", "guests > self.chairs", False),
        ("    def crowded", "    def cold(self) -> bool:\n        return self.heat < 20\n\n    def crowded", False),
        ('section("kitchen")', 'section("canteen")', False),
        ("class KitchenSettings", "class OtherSettings", False),
    ],
)
def test_a_settings_class_counts_by_its_methods_not_by_its_keys(project: Path, old: str, new: str, same: bool) -> None:
    """Values reach a job by its parameters, and a key that a rule does not declare cannot be read."""
    settings = project / "cgni/kitchen.py"
    (project / "workflow_scripts/run.py").write_text("from cgni.kitchen import KitchenSettings\n")
    settings.write_text(KITCHEN)
    before = _digest()
    assert old in KITCHEN
    settings.write_text(KITCHEN.replace(old, new, 1))
    assert (_digest() == before) is same


def test_all_keys_of_the_study_are_written_as_the_digest_knows_them() -> None:
    """`key: type = setting(...)` with a string below it; anything else would rerun jobs when a key changes."""
    sections = 0
    for path in sorted((_ROOT / "cgni").rglob("*.py")):
        for kind in [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]:
            if not any(
                isinstance(mark, ast.Call) and ast.unparse(mark.func) == "section" for mark in kind.decorator_list
            ):
                continue
            sections += 1
            for key in [part for part in kind.body if isinstance(part, ast.AnnAssign)]:
                value = key.value
                assert isinstance(value, ast.Call) and ast.unparse(value.func) == "setting", (
                    f"{path}: {ast.unparse(key)}"
                )
    assert sections > 30


def test_scripts_carry_no_defaults_of_the_roster() -> None:
    """A new baseline changes no script: only the workflow's own modules know all models, and what looks at inputs."""
    for script in sorted((_ROOT / "workflow_scripts").glob("*.py")):
        if script.stem == "check_inputs":
            continue
        closure = code_digest.import_closure(f"workflow_scripts/{script.name}")
        assert "cgni/workflow/roster.py" not in closure and "cgni/workflow/settings.py" not in closure, script.name


def test_thresholds_of_the_candidates_rerun_no_relatives_and_no_components() -> None:
    """Thinning, kinship and components take none of the candidates' quality control, nor each other's code."""
    for rule in ("thin_genotypes", "estimate_kinship", "compute_components"):
        closure = code_digest.import_closure(f"workflow_scripts/{rule}.py")
        assert "cgni/genetics/thinned.py" in closure and "cgni/genetics/qc.py" not in closure
        assert ("cgni/genetics/thinning.py" in closure) is (rule == "thin_genotypes")
