"""What was meant by a mistyped target."""

from pathlib import Path

import pytest

from cgni.base.errors import InputError
from cgni.workflow.targets import asked_for, refuse_unknown_targets

NAMES = ["all", "report", "tables", "figures", "qc_variants", "make_tables"]
FILES = ["results/report.html", "results/tables/table1.csv", "results/tables/table2.csv"]


def _refused(target: str) -> str:
    with pytest.raises(InputError) as refused:
        refuse_unknown_targets([target], NAMES, FILES, lambda path: path in FILES)
    return str(refused.value)


@pytest.mark.parametrize(
    ("target", "near"),
    [
        ("reprot", "report"),
        ("tabels", "tables"),
        ("qc_variant", "qc_variants"),
        ("results/reprot.html", "results/report.html"),
        ("table1.csv", "results/tables/table1.csv, results/tables/table2.csv"),
        ("elsewhere/report.html", "results/report.html"),
    ],
)
def test_a_mistyped_target_names_the_near_ones(target: str, near: str) -> None:
    assert (
        _refused(target) == f"no target {target}; near to it: {near}; `snakemake --list` says what each target is for"
    )


def test_a_target_like_none_names_none() -> None:
    assert _refused("zzz") == "no target zzz; `snakemake --list` says what each target is for"


def test_rules_what_they_make_and_files_are_targets(tmp_path: Path) -> None:
    (tmp_path / "input.csv").touch()
    targets = ["report", FILES[1], str(tmp_path / "input.csv")]
    refuse_unknown_targets(targets, NAMES, FILES, lambda path: path in FILES)


@pytest.mark.parametrize(
    ("command", "targets"),
    [
        (["/x/.venv/bin/snakemake", "report", "tables", "--cores", "2", "--configfile", "a.yaml", "b.yaml"], 2),
        (["/x/snakemake/__main__.py", "-n", "report"], 1),
        (["snakemake", "--cores", "2"], 0),
        (["/x/bin/pytest", "tests/unit"], 0),
    ],
)
def test_targets_are_read_from_snakemake_s_own_command_line(command: list[str], targets: int) -> None:
    assert len(asked_for(command)) == targets
