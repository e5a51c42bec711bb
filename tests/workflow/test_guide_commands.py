"""Every command of the guide is run: for real where that is cheap, as a dry run where it is not.

A block marked `bash` holds commands for a reader's own machine. One marked `sh` holds those of other systems (UK
Biobank's programs, the Research Analysis Platform), which cannot be run here and are listed by name. A block that says
neither must hold no command.
"""

import functools
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.docs.pages import REPOSITORY, Block, blocks
from tests.workflow.study import Study
from tests.workflow.test_wrong_genotypes import OVERLAY

pytestmark = pytest.mark.slow
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
HERE, ELSEWHERE = "bash", "sh"
OTHER_LANGUAGES = {"yaml", "python", "text", "diff", "json", "toml", "smk"}
# programs of other systems: UK Biobank's, DNAnexus', and what goes with them in such a block
THEIRS = {"./gfetch", "./ukbconv", "./ukbfetch", "./ukbmd5", "./ukbunpack", "dx", "wget"}
BESIDE_THEIRS = {"cd", "do", "done", "for", "mkdir", "unset"}
# cheap enough to be run as they stand
RUN = {"cp", "git", "printf", "sed", "tar"}
# in a block without a language, which is what a program has said
_COMMAND = re.compile(
    r"(?:[A-Z]+=\S+ )*(?:\$ |\./|\.venv/|make |snakemake |python|pip |git |dx |s?bash |sbatch |cd |cp )"
)


def _commands() -> Iterator[tuple[str, str]]:
    """(page, command) of all that is to be run here, each once."""
    seen: set[str] = set()
    for page in PAGES:
        for block in blocks(page):
            for command in block.commands if block.language == HERE else []:
                if command not in seen:
                    seen.add(command)
                    yield page.relative_to(REPOSITORY).as_posix(), command


COMMANDS = list(_commands())


@pytest.fixture(scope="module")
def folder(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished tiny study in which the guide's files may be written."""
    copy = finished_study.copied_to(tmp_path_factory.mktemp("guide") / "study").folder
    first = copy / "config.first.yaml"
    first.write_text(first.read_text().replace("[19, 21]", "[19]"))  # what the tiny study has
    return copy


def _merged(*texts: str) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for text in texts:
        _merge(whole, yaml.safe_load(text))
    return whole


def _merge(target: dict[str, Any], overlay: dict[str, Any]) -> None:
    for key, value in overlay.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value


def _write_configs(folder: Path) -> None:
    """What a reader has by then: a config of the tiny cohort's files, as if they were real, and one for a bundle."""
    mine = _merged((folder / "tests/tiny.yaml").read_text(), OVERLAY)
    other = _merged(yaml.safe_dump(mine), "application: {bundle: study.cgni}\nresults_dir: results-other")
    (folder / "study.cgni").touch()
    (folder / "others.txt").touch()
    for name, config in {"mine": mine, "study": mine, "cohort": other}.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(config))


def _run(command: str, folder: Path) -> str:
    environment = os.environ | {"GIT_DIR": str(REPOSITORY / ".git"), "OMP_NUM_THREADS": "1"}
    shell = ["bash", "-euo", "pipefail", "-c", command]
    run = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, f"{command}\n{run.stdout[-1500:]}{run.stderr[-1500:]}"
    return run.stdout


def _dry_run(command: str) -> str:
    """The command of Snakemake as a dry run."""
    words = shlex.split(command)
    first = words.index(next(word for word in words if word.endswith("snakemake")))
    line = shlex.join([".venv/bin/snakemake", "-n", *(word for word in words[first + 1 :] if word != "-n")])
    # one of several that differ in what a dry run does not see
    return re.sub(r" --cores \d+", "", line).replace("study.yaml", "mine.yaml")


_run_once = functools.cache(_run)


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=[f"{page}: {command[:60]}" for page, command in COMMANDS])
def test_a_command_of_the_guide_works(page: str, command: str, folder: Path) -> None:
    _write_configs(folder)
    command = command.replace("results-ukb", "results-tiny")
    program = next(word for word in shlex.split(command) if not re.fullmatch(r"[A-Z]+=\S*", word))
    if program == "make":
        told = _run(command.replace("make", "make -n", 1), folder)
        line = next((line for line in told.splitlines() if "snakemake" in line and "CONFIG=" in command), None)
        if line and "--configfile" in line:
            _run_once(_dry_run(line.strip()), folder)
    elif program.endswith("snakemake"):
        _run_once(_dry_run(command), folder)
    else:
        assert program in RUN or program == ".venv/bin/python", f"{page}: {command}: say how it is run here"
        _run(command, folder)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_every_block_with_a_command_says_whose_it_is(page: Path) -> None:
    unmarked = [block for block in blocks(page) if block.language not in {HERE, ELSEWHERE, *OTHER_LANGUAGES}]
    assert not [block.language for block in unmarked if block.language]
    assert not [command for block in unmarked for command in block.commands if _COMMAND.match(command)]


def _theirs() -> list[Block]:
    return [block for page in PAGES for block in blocks(page) if block.language == ELSEWHERE]


def test_commands_that_are_not_run_are_those_of_other_systems() -> None:
    programs = {shlex.split(command)[0] for block in _theirs() for command in block.commands}
    variables = {word for word in programs if re.fullmatch(r"[a-z]+=.*", word)}
    assert programs - variables - BESIDE_THEIRS == THEIRS


@pytest.mark.parametrize("block", _theirs(), ids=lambda block: f"{block.page.stem}: {block.text[:30]!r}")
def test_commands_of_other_systems_are_commands(block: Block) -> None:
    checked = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
