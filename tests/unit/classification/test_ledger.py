"""The ledger of who has scored the holdout: a line for each set of fitted models, whatever is run again."""

import json
from pathlib import Path

import pytest

from cgni.base.errors import InputError
from cgni.classification.ledger import Looks, ledger_entry, read_looks, record_look

CONFIG = {"models": [{"name": "a"}, {"name": "b"}]}


def _fitted(folder: Path, text: str) -> dict[str, Path]:
    paths = {name: folder / f"{name}.ckpt" for name in ("a", "b")}
    for name, path in paths.items():
        path.write_text(text + name)
    return paths


def test_each_set_of_models_is_one_line_and_reruns_add_none(tmp_path: Path) -> None:
    ledger, people = tmp_path / "ledger.jsonl", ["p1", "p2"]
    assert read_looks(ledger) == Looks(0, 0)
    first = ledger_entry(CONFIG, _fitted(tmp_path, "one"), people)
    assert record_look(ledger, first) == Looks(1, 1)
    written = ledger.read_bytes()
    assert record_look(ledger, ledger_entry(CONFIG, _fitted(tmp_path, "one"), people[::-1])) == Looks(1, 1)
    assert ledger.read_bytes() == written
    assert record_look(ledger, ledger_entry(CONFIG, _fitted(tmp_path, "two"), people)) == Looks(2, 2)
    other = ledger_entry({"models": [{"name": "a"}]}, _fitted(tmp_path, "two"), [*people, "p3"])
    assert record_look(ledger, other) == Looks(3, 1) == read_looks(ledger)
    assert record_look(ledger, first) == Looks(3, 2)
    assert ledger.read_bytes().startswith(written)
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert [entry["number"] for entry in entries] == [1, 2, 3]
    assert entries[0]["models"] == ["a", "b"] and "p1" not in ledger.read_text()


@pytest.mark.parametrize("text", ["no json\n", '{"number": 1}\n', "[1]\n"])
def test_another_file_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match="not the ledger"):
        record_look(path, ledger_entry(CONFIG, _fitted(tmp_path, "one"), ["p1"]))
    assert path.read_text() == text
