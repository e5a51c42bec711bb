"""Build the guide's site from docs/: the pages, those on the library, and a menu; any warning is an error.

python -m tools.build_guide [SITE]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.make_api_pages import write_pages

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
ROOMS = [
    *("base", "cohort", "genetics", "imaging", "networks", "pretraining", "transfer", "fold_data", "contrastive"),
    *("classification", "scca", "occlusion", "contributions", "enrichment", "simulation", "audit", "application"),
    *("figures", "workflow"),
]
MENU = {
    "Begin": ["guide/quick_start", "guide/tutorial", "install", "module"],
    "Your own data": [
        *("guide/uk_biobank", "guide/first_run", "guide/research_analysis_platform", "guide/other_data", "inputs"),
    ],
    "Reference": ["settings", "outputs", "reruns", "resources"],
    "Methods": [
        *("methods/README", "decisions", "methods/simulation", "methods/cohort", "methods/outcome"),
        *("methods/genetics", "methods/imaging", "methods/t1", "methods/table", "methods/pretraining"),
        *("methods/transfer", "methods/contrastive", "methods/classification", "methods/scca"),
        *(
            "methods/occlusion",
            "methods/contributions",
            "methods/enrichment",
            "methods/audit",
            "methods/application",
            "methods/protocols",
            "methods/figures",
        ),
    ],
    "Trust and cost": ["validity", "performance", "cluster"],
    "The code": ["architecture", "extending", "release", "api/index"],
}
_OUTSIDE = re.compile(r"\]\(((?:\.\./)+(?!\.)[\w./-]+)\)")
_ANCHOR = re.compile(r'^<a id="([\w-]+)"></a>$', re.MULTILINE)


def stage(folder: Path) -> Path:
    """Copy docs/ into a folder as Sphinx wants it: menu, anchors and files of the repository that pages link to."""
    pages = folder / "docs"
    shutil.copytree(DOCS, pages)
    anchors = {name for page in pages.rglob("*.md") for name in _ANCHOR.findall(page.read_text(encoding="utf-8"))}
    for page in list(pages.rglob("*.md")):
        text = _with_targets(page.read_text(encoding="utf-8"), anchors)
        page.write_text(_with_outside_files(text, page, pages), encoding="utf-8")
    write_pages(ROOMS, pages / "api")
    index = pages / "api/index.md"
    index.write_text(index.read_text(encoding="utf-8") + _menu("", ROOMS), encoding="utf-8")
    front = pages / "index.md"
    menu = "".join(_menu(title, names) for title, names in MENU.items())
    front.write_text(front.read_text(encoding="utf-8") + menu, encoding="utf-8")
    return pages


def _with_outside_files(text: str, page: Path, pages: Path) -> str:
    """Links to files of the repository outside docs/ lead to copies in the site."""

    def inside(link: re.Match[str]) -> str:
        source = (DOCS / page.relative_to(pages).parent / link[1]).resolve()
        if DOCS in source.parents or not source.is_file():
            return link[0]
        copy = pages / "files" / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        head = "---\norphan: true\n---\n\n" if copy.suffix == ".md" else ""
        copy.write_text(head + source.read_text(encoding="utf-8"), encoding="utf-8")
        return f"]({os.path.relpath(copy, page.parent)})"

    return _OUTSIDE.sub(inside, text)


def _with_targets(text: str, anchors: set[str]) -> str:
    """Anchors that GitHub reads as HTML, and the links to them, as Sphinx reads them."""
    text = _ANCHOR.sub(r"(anchor-\1)=", text)
    for name in anchors:
        text = re.sub(rf"\]\([\w./]*#{name}\)", f"](#anchor-{name})", text)
    return text


def _menu(title: str, names: list[str]) -> str:
    caption = f":caption: {title}\n" if title else ""
    return "\n```{toctree}\n:hidden:\n" + caption + "\n" + "\n".join(names) + "\n```\n"


def build(site: Path) -> None:
    """Write the site anew; the same pages give the same bytes, and a warning leaves the old site as it is."""
    with tempfile.TemporaryDirectory() as name:
        pages = stage(Path(name))
        built = Path(name) / "site"
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
        command += ["-d", f"{name}/doctrees", str(pages), str(built)]
        environment = os.environ | {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}
        run = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True)
        if run.returncode:
            sys.exit(f"{run.stderr.replace(str(pages), 'docs')}guide: not built; mend these pages")
        (built / ".buildinfo").unlink(missing_ok=True)
        if site.exists():
            shutil.rmtree(site)
        shutil.move(built, site)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    build(target)
    print(f"guide: {target / 'index.html'}")
