"""Every module of benchmarks/ and tools/ can be imported: what it takes from the library is there."""

import importlib
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]
MODULES = [
    f"{folder}.{path.stem}"
    for folder in ("benchmarks", "tools")
    for path in sorted((_ROOT / folder).glob("*.py"))
    if path.stem != "__init__"
]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_imported(module: str) -> None:
    importlib.import_module(module)


def test_all_are_found() -> None:
    assert {"benchmarks.bench_cnn", "tools.make_settings"} <= set(MODULES)
