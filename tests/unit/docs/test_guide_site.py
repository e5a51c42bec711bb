"""The guide's site: built twice to the same bytes, without a warning, and without anything from a network."""

import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.unit.docs.pages import REPOSITORY
from tests.unit.test_house import ROOMS
from tools.build_guide import ROOMS as SHOWN
from tools.make_locks import pins

PYTHON = REPOSITORY / ".venv-guide/bin/python"
# what a browser loads by itself; <a href> to other sites is a reader's own step
_LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*\b(?:src|data)=[\"']?(?:https?:)?//"
    r"|<link\b(?![^>]*rel=[\"']?canonical)[^>]*href=[\"']?(?:https?:)?//"
    r"|url\([\"']?(?:https?:)?//|@import\s+[\"'](?:https?:)?//"
)


def _digests(site: Path) -> dict[str, str]:
    files = sorted(path for path in site.rglob("*") if path.is_file())
    return {str(path.relative_to(site)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two builds in folders of other names."""
    if not PYTHON.exists():
        pytest.skip("no .venv-guide; make guide makes it")
    built = tuple(tmp_path_factory.mktemp(name) / name for name in ("one", "another"))
    for site in built:
        command = [str(PYTHON), "-m", "tools.build_guide", str(site)]
        run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=300)
        assert run.returncode == 0, run.stderr[-3000:]
    return built[0], built[1]


def test_two_builds_are_the_same_bytes(sites: tuple[Path, Path]) -> None:
    one, another = map(_digests, sites)
    assert one == another
    pages = {path.relative_to(REPOSITORY / "docs").with_suffix(".html") for path in (REPOSITORY / "docs").rglob("*.md")}
    assert {str(page) for page in pages} | {"search.html", "api/scca.html"} <= set(one)


def test_nothing_is_loaded_from_a_network(sites: tuple[Path, Path]) -> None:
    loading = {
        path.name
        for pattern in ("*.html", "*.css")
        for path in sites[0].rglob(pattern)
        if _LOADED.search(path.read_text(encoding="utf-8"))
    }
    assert not loading
    assert _LOADED.search('<script src="https://cdn.example/x.js">') and _LOADED.search("url(//fonts.example/a)")


def test_every_link_inside_the_site_has_its_file(sites: tuple[Path, Path]) -> None:
    broken = []
    for page in sites[0].rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?]+)[#?"]', page.read_text(encoding="utf-8")):
            if "://" not in link and not link.startswith(("mailto:", "data:")):
                broken += [] if (page.parent / link).exists() else [f"{page.name}: {link}"]
    assert not broken


def test_all_rooms_of_the_library_are_shown() -> None:
    assert [*ROOMS] == SHOWN


def test_the_locks_of_study_and_guide_agree() -> None:
    study, guide = (_pins(REPOSITORY / "envs" / name) for name in ("requirements.lock", "guide.lock"))
    assert {name: guide[name] for name in guide.keys() & study.keys()} == {
        name: study[name] for name in guide.keys() & study.keys()
    }
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    assert set(project["dependency-groups"]["guide"]) <= guide.keys()


def _pins(lock: Path) -> dict[str, str]:
    split = (pin.partition(" ;")[0].partition("==") for pin in pins(lock.read_text()))
    return {name: version for name, _, version in split}
