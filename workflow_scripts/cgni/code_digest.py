"""A digest of what a script would execute: its own code and the project modules it imports."""

import ast
import functools
import hashlib
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PACKAGE = "workflow_scripts"


def code_digest(script: str) -> str:
    """Digest of `script` (path from the repository root) and its project-local import closure.

    Comments, docstrings and formatting do not count: the syntax trees are digested
    without them. `__init__.py` files on the way are part of the closure.
    """
    state = hashlib.sha256()
    for path in import_closure(script):
        state.update(f"{path}:{_tree_digest(path)}\n".encode())
    return state.hexdigest()[:16]


def import_closure(script: str) -> list[str]:
    """Sorted paths (from the repository root) of `script` and all project modules it imports."""
    seen: set[str] = set()
    todo = [script]
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo.extend(_imports(path))
    return sorted(seen)


@functools.cache
def _tree(path: str) -> ast.Module:
    return ast.parse((_ROOT / path).read_text(encoding="utf-8"), filename=path)


@functools.cache
def _tree_digest(path: str) -> str:
    tree = ast.parse((_ROOT / path).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and _has_docstring(
            node
        ):
            node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _has_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return ast.get_docstring(node, clean=False) is not None


@functools.cache
def _imports(path: str) -> tuple[str, ...]:
    names: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{path}:{node.lineno}: relative imports escape the code digest; write the full name")
            base = node.module or ""
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    found: set[str] = set()
    for name in names:
        if name.split(".")[0] == _PACKAGE:
            found.update(_files_of(name))
    return tuple(found)


def _files_of(module: str) -> list[str]:
    """The module's file (if the name is a module) and the `__init__.py` files above it."""
    parts = module.split(".")
    files = ["/".join([*parts[:depth], "__init__.py"]) for depth in range(1, len(parts) + 1)]
    files.append("/".join(parts) + ".py")
    return [file for file in files if (_ROOT / file).is_file()]
