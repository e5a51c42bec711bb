"""Pin what pyproject.toml asks for, with the hashes of all files that pip may take: the locks of envs/.

python -m tools.make_locks [--upgrade]

Versions that the locks have stay, unless --upgrade is said. It asks the package index that uv is set up for. The
locks are complete, so that they are installed without a look at what packages ask for:

- requirements.lock: what a study needs, on any system
- cuda.lock: what torch's build for GPUs needs on Linux besides; a build for CPUs alone goes without
- development.lock: what checks and tests need besides
- guide.lock: what the guide's site needs, in an environment of its own
- without_dependencies.lock: see its head

torch_for_cpus.lock is written by hand, for its build is on PyTorch's own index alone; a test compares its version.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ROOT / "envs"
_OF_CUDA = re.compile(r"(nvidia|cuda)-|triton==")
_HEAD = "# Made by tools/make_locks.py from {source}; do not edit.\n"
Lock = dict[str, str]  # a package's name to its lines: the pin, then its hashes


def entries(text: str) -> Lock:
    """The entries of a lock's text, by the package's name in lower case."""
    found: Lock = {}
    for entry in re.split(r"\n(?=[^\s#])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip()):
        found[entry.partition("==")[0].lower()] = entry
    return found


def pins(text: str) -> list[str]:
    """The pins `name==version` of a lock's text, with the condition behind them, if any."""
    return [entry.partition(" \\")[0] for entry in entries(text).values()]


def without(lock: Lock, others: Iterable[str]) -> Lock:
    """A lock without the packages that another has."""
    left = set(others)
    return {name: entry for name, entry in lock.items() if name not in left}


def _resolve(wanted: Iterable[str], known: Iterable[str], *options: str, python: str = "3.11") -> Lock:
    """What uv makes of requirements from a version of Python on, where `known` pins hold."""
    with tempfile.TemporaryDirectory() as folder:
        asked, held = Path(folder) / "asked.in", Path(folder) / "held.txt"
        asked.write_text("\n".join(wanted))
        held.write_text("\n".join(known))
        command = ["uv", "pip", "compile", asked, "-c", held, "--universal", "--quiet"]
        command += ["--generate-hashes", "--no-header", "--no-annotate", "--no-config"]
        command += ["--python-version", python, *options]
        run = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    return entries(run.stdout)


def _write(name: str, lock: Lock, source: str = "pyproject.toml") -> None:
    (ENVIRONMENTS / name).write_text(_HEAD.format(source=source) + "\n".join(lock[key] for key in sorted(lock)) + "\n")


def main(upgrade: bool) -> None:
    """Write all locks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = ("requirements", "cuda", "development", "guide")
    old = {name: [] if upgrade else _pins_of(ENVIRONMENTS / f"{name}.lock") for name in names}
    study = _resolve(project["project"]["dependencies"], old["requirements"] + old["cuda"])
    cuda = {name: entry for name, entry in study.items() if _OF_CUDA.match(f"{name}==")}
    held = pins("\n".join(study.values()))
    _write("requirements.lock", without(study, cuda))
    _write("cuda.lock", cuda)
    groups = project["dependency-groups"]
    _write("development.lock", without(_resolve(groups["development"], held + old["development"]), study))
    _write("guide.lock", _resolve(groups["guide"], held + old["guide"], python="3.11.5"))
    alone = (ENVIRONMENTS / "without_dependencies.lock").read_text()
    head = "".join(line for line in alone.splitlines(keepends=True) if line.startswith("#"))
    found = _resolve(pins(alone), [], "--no-deps")
    (ENVIRONMENTS / "without_dependencies.lock").write_text(head + "\n".join(found.values()) + "\n")


def _pins_of(path: Path) -> list[str]:
    return pins(path.read_text()) if path.is_file() else []


if __name__ == "__main__":
    main("--upgrade" in sys.argv[1:])
