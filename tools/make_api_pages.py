"""Pages of the guide on the library, from its signatures and docstrings; nothing is imported.

python -m tools.make_api_pages FOLDER
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 100
_CODE = re.compile(r"(`+[^`]+`+)")
_UNDERLINED = re.compile(r"^([A-Z]\w+)\n-+$", re.MULTILINE)
_ITEM = re.compile(r"^(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : (?P<text>.+))?$")


def write_pages(rooms: list[str], folder: Path) -> None:
    """A page for each room of the library, and `index.md` that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Library", "", "What the rooms of `cgni/` offer, made from the code's signatures and docstrings.", ""]
    for room in rooms:
        (folder / f"{room}.md").write_text(room_page(room), encoding="utf-8")
        lines.append(f"- [{room}]({room}.md)")
    (folder / "index.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def room_page(room: str) -> str:
    """The page of a room: its modules in order of their names, private names left out."""
    parts = [f"# {room}"]
    for path in sorted((ROOT / "cgni" / room).rglob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        entries = list(_entries(module))
        if not entries and not ast.get_docstring(module):
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        parts += [f"## {name}", docstring(ast.get_docstring(module) or ""), *entries]
    return "\n\n".join(part for part in parts if part) + "\n"


def _entries(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"### {node.name}"
            yield f"```python\n{signature(node)}\n```"
            yield docstring(ast.get_docstring(node) or "")
            if isinstance(node, ast.ClassDef):
                yield from _methods(node)


def _methods(node: ast.ClassDef) -> Iterator[str]:
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
            kinds = {ast.unparse(decorator) for decorator in inner.decorator_list}
            call = "" if kinds & {"property", "functools.cached_property"} else "()"
            yield f"**`{node.name}.{inner.name}{call}`**"
            yield docstring(ast.get_docstring(inner) or "")


def signature(node: ast.FunctionDef | ast.ClassDef) -> str:
    """How a function is called, or what a class is made of: bases and fields with their types."""
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        fields = [f"    {ast.unparse(item)}" for item in node.body if isinstance(item, ast.AnnAssign)]
        return "\n".join([f"class {node.name}({bases})" if bases else f"class {node.name}", *fields])
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"{node.name}({ast.unparse(node.args)}){returns}"
    return line if len(line) <= WIDTH else _one_argument_a_line(node, returns)


def _one_argument_a_line(node: ast.FunctionDef, returns: str) -> str:
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + list(given.defaults)
    lines = [_argument(arg, value) for arg, value in zip(plain, defaults, strict=True)]
    if given.vararg:
        lines.append("*" + ast.unparse(given.vararg))
    elif given.kwonlyargs:
        lines.append("*")
    lines += [_argument(arg, value) for arg, value in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    if given.kwarg:
        lines.append("**" + ast.unparse(given.kwarg))
    return "\n".join([f"{node.name}(", *(f"    {line}," for line in lines), f"){returns}"])


def _argument(arg: ast.arg, value: ast.expr | None) -> str:
    return ast.unparse(arg) + (f" = {ast.unparse(value)}" if value is not None else "")


def docstring(text: str) -> str:
    """A docstring in numpydoc's layout as Markdown: its sections as lists of names."""
    first, *sections = _UNDERLINED.split(inspect.cleandoc(text))
    parts = [_escaped(first.strip())]
    for title, body in zip(sections[0::2], sections[1::2], strict=True):
        parts.append(f"*{title}*")
        parts.append("\n".join(_items(body)) if title != "Returns" else _escaped(body.strip()))
    return "\n\n".join(part for part in parts if part)


def _items(body: str) -> Iterator[str]:
    for line in body.strip("\n").splitlines():
        item = _ITEM.match(line)
        if item:
            names = ", ".join(f"`{name}`" for name in item["names"].split(", "))
            yield f"- {names}" + (f": {_escaped(item['text'])}" if item["text"] else "")
        elif line.strip():
            yield f"  {_escaped(line.strip())}"


def _escaped(text: str) -> str:
    """Plain text for Markdown: signs that would be markup are not, but for what is set in backticks."""
    return "".join(
        part if part.startswith("`") else re.sub(r"([\\*\[\]<>#|{}~])", r"\\\1", part) for part in _CODE.split(text)
    )


if __name__ == "__main__":
    write_pages(sys.argv[2:], Path(sys.argv[1]))
