"""A digest of what a script would execute: its own code and the project modules it imports.

Every Snakemake process asks for all scripts' digests while it reads the rules, and on a cluster each job starts
two of them; so what a file's text amounts to is remembered in `.snakemake/code_digests.json` of the working folder
under the text's checksum, and only changed files are parsed.
"""

import ast
import contextlib
import functools
import hashlib
import json
import sys
from pathlib import Path

from cgni.base.files import write_text
from cgni.base.shipped import HOME, LIBRARY

_SCRIPTS_IN, _PACKAGE_IN = HOME, LIBRARY.parent  # the folders that hold workflow_scripts/ and cgni/
_PACKAGE = "cgni"
_MEMORY = ".snakemake/code_digests.json"
# Another Python or another version of this module may see other syntax trees in the same text.
_VERSION = hashlib.sha256(sys.version.encode() + Path(__file__).read_bytes()).hexdigest()[:16]


def code_digest(script: str) -> str:
    """Digest of `script` (path from the repository root) and its project-local import closure.

    Comments, docstrings and formatting do not count, nor do the config keys of a settings class: the syntax trees
    are digested without them. A key's value reaches a job by its parameters, and reading a key that a rule does not
    declare is an error, so a new key, another type or another default changes nothing that a job does by itself.
    `__init__.py` files on the way are part of the closure.
    """
    state, before = hashlib.sha256(), len(_remembered())
    for path in import_closure(script):
        state.update(f"{path}:{_facts(path)[0]}\n".encode())
    if len(_remembered()) > before:
        _write_down()
    return state.hexdigest()[:16]


def import_closure(script: str) -> list[str]:
    """Sorted paths (from the repository root) of `script` and all project modules it imports."""
    seen: set[str] = set()
    todo = [script]
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo.extend(file for name in _facts(path)[1] for file in _files_of(name))
    return sorted(seen)


def _place(path: str) -> Path:
    """Where a script or a module lies, of a path from the repository root."""
    return (_PACKAGE_IN if path.startswith(f"{_PACKAGE}/") else _SCRIPTS_IN) / path


@functools.cache
def _remembered() -> dict[str, tuple[str, list[str]]]:
    """Checksum of a file's text to its tree's digest and the project names it imports."""
    try:
        memory = json.loads(Path(_MEMORY).read_text())
    except (OSError, ValueError):
        return {}
    return memory["files"] if memory.get("version") == _VERSION else {}


def _write_down() -> None:
    """Let later processes know what has been parsed here."""
    text = json.dumps({"version": _VERSION, "files": _remembered()})
    with contextlib.suppress(OSError):  # a folder that cannot be written to costs time, nothing else
        write_text(text, Path(_MEMORY))


@functools.cache
def _facts(path: str) -> tuple[str, list[str]]:
    text = _place(path).read_bytes()
    key, known = hashlib.sha256(text).hexdigest(), _remembered()
    if key not in known:
        tree = ast.parse(text, filename=path)
        names = _imported_names(tree, path)
        known[key] = (_tree_digest(tree), names)
    return known[key]


def _tree_digest(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_text(part) and not _is_key(part)]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _is_text(part: ast.stmt) -> bool:
    """A docstring, or the string below a key that describes it: nothing is executed."""
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)


def _is_key(part: ast.stmt) -> bool:
    """A config key, `name: type = setting(...)`: what is in force reaches a job by its parameters."""
    value = part.value if isinstance(part, ast.AnnAssign) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "setting"


def _imported_names(tree: ast.Module, path: str) -> list[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{path}:{node.lineno}: relative imports escape the code digest; write the full name")
            base = node.module or ""
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return sorted(name for name in names if name.split(".")[0] == _PACKAGE)


@functools.cache
def _files_of(module: str) -> tuple[str, ...]:
    """The module's file (if the name is a module) and the `__init__.py` files above it."""
    parts = module.split(".")
    files = ["/".join([*parts[:depth], "__init__.py"]) for depth in range(1, len(parts) + 1)]
    files.append("/".join(parts) + ".py")
    return tuple(file for file in files if _place(file).is_file())
