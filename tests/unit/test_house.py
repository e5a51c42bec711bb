"""The house: which room may know which, how long scripts are, and that a rule's names agree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cgni.base.settings import section_fields
from cgni.workflow.baselines import FITTERS
from cgni.workflow.settings import StudySettings
from tests.workflow.declarations import rules

ROOT = Path(__file__).resolve().parents[2]
# From the ground up: a room knows those below it.
ROOMS = (
    "base",
    "cohort",
    "genetics",
    "imaging",
    "networks",
    "pretraining",
    "transfer",
    "fold_data",
    "contrastive",
    "classification",
    "scca",
    "occlusion",
    "contributions",
    "enrichment",
    "simulation",
    "audit",
    "application",
    "figures",
    "workflow",
)
# sections of the config that belong to no single stage
COMMON_SECTIONS = {"protocol", "seed", "results_dir", "execution", "inputs", "outcome", "people", "confounds", "splits"}
LONGEST_SCRIPT, LONGEST_FILE = 30, 400
LIBRARY = sorted(path for path in (ROOT / "cgni").rglob("*.py") if path.stat().st_size)
SCRIPTS = sorted(path for path in (ROOT / "workflow_scripts").glob("*.py") if path.stat().st_size)


def imported(path: Path) -> Iterator[str]:
    """Names of the project's modules that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports escape the code digest"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (name for name in names if name.split(".")[0] == "cgni")


def room_of(module: str) -> str:
    return module.split(".")[1]


def test_every_folder_of_the_library_is_a_room() -> None:
    assert {path.name for path in (ROOT / "cgni").iterdir() if path.is_dir() and path.name != "__pycache__"} == set(
        ROOMS
    )


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_room_imports_one_above_it(path: Path) -> None:
    own = path.relative_to(ROOT / "cgni").parts[0]
    above = {name for name in imported(path) if ROOMS.index(room_of(name)) > ROOMS.index(own)}
    assert not above, f"{path} imports from above: {sorted(above)}"


def test_rooms_are_without_circles() -> None:
    """No module imports itself by way of others: the order of rooms leaves circles inside a room."""
    needs = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): {name for name in imported(path)} for path in LIBRARY
    }

    def modules_of(names: set[str]) -> set[str]:
        return {other for other in needs if any(n == other or n.startswith(f"{other}.") for n in names)}

    modules = {name: modules_of(names) for name, names in needs.items()}
    done: set[str] = set()
    while left := {name for name in modules if name not in done and modules[name] <= done | {name}}:
        done |= left
    assert set(modules) == done, f"in or above a circle: {sorted(set(modules) - done)[:8]}"


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_of_the_library_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_only_open_call_and_write(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_SCRIPT
    body = ast.parse(text).body
    assert isinstance(body[0], ast.Expr), "a docstring comes first"
    assert ast.unparse(body[1]) == "from cgni.workflow.job import start"
    assert ast.unparse(body[2]) == "job = start(snakemake)"
    defined = [part for part in ast.walk(ast.parse(text)) if isinstance(part, ast.FunctionDef | ast.ClassDef)]
    assert not defined, "what is computed belongs to the library"
    assert "snakemake.config" not in text and "job.cfg" not in text


def test_the_library_never_sees_the_snakemake_object() -> None:
    for path in LIBRARY:
        if "workflow" not in path.relative_to(ROOT / "cgni").parts:
            assert not re.search(r"\bsnakemake\.(input|output|params|wildcards|log|config)", path.read_text()), path


def rules_with_scripts() -> set[str]:
    """Names in the text of the rules, so that those of other configs are there; a loop makes one for a kind of fit."""
    names = set()
    for path in [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")]:
        _, *parts = re.split(r"^ *(?:rule|checkpoint)\b *(\w*):$", path.read_text(), flags=re.MULTILINE)
        for name, block in zip(parts[::2], parts[1::2], strict=True):
            if "script:" in block:
                names |= {name} if name else made_in_a_loop(block)
    return names


def made_in_a_loop(block: str) -> set[str]:
    """Names of a rule's copies: `train_` a kind of fit, `search_` a kind that has settings to search."""
    made = re.search(r'\bname:\s+f"(train|search)_\{fitter\}"', block)
    assert made, block
    return {f"{made[1]}_{kind}" for kind, facts in FITTERS.items() if made[1] == "train" or facts.settings}


def test_five_names_of_a_rule_agree() -> None:
    """Rule, script, log folder, benchmark folder and the script whose code digest it carries."""
    texts = "".join(path.read_text() for path in [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")])
    declared = rules_with_scripts()
    for name, rule in rules().items():
        assert name in declared
        assert rule.script == f"workflow_scripts/{name}.py", name
        assert rule.log.split("/")[1:3] == ["logs", name] and rule.benchmark.split("/")[1:3] == ["benchmarks", name]
        made = f"{name.split('_')[0]}_{{fitter}}"
        assert f'code=code("{name}")' in texts or f'code=code(f"{made}")' in texts
        assert rule.doc.endswith(".") and "\n" not in rule.doc.strip(), f"{name}: one sentence for snakemake --list"
    assert {path.stem for path in SCRIPTS} == declared


def test_a_stage_bears_one_name() -> None:
    """Rule file = folder of the library = section of the config = folder of the results."""
    sections = {key.name for key in section_fields(StudySettings)} - COMMON_SECTIONS
    stages = {path.stem for path in (ROOT / "rules").glob("*.smk")} - {"common", "common_models"}
    assert stages == sections
    assert stages <= set(ROOMS)
    for name, rule in rules().items():
        allowed = {"figures": ("figures/", "tables/", "report.html")}.get(rule.stage, (f"{rule.stage}/",))
        others = ("audit/lineage/", "config.effective.yaml")  # who was used is written where people are used
        wrong = [path for path in rule.outputs if not path.startswith((*allowed, *others))]
        assert not wrong, f"{name} of rules/{rule.stage}.smk writes {wrong}"


def test_unit_tests_lie_in_the_rooms_folders() -> None:
    folders = {path.name for path in (ROOT / "tests/unit").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= {*ROOMS, "tools", "docs", "benchmarks", "catalogue"}
