"""The pages that follow from the typed settings."""

import json
from pathlib import Path

import pytest
import yaml

from cgni.workflow.schema import json_schema, keys
from cgni.workflow.settings import StudySettings
from tools.make_settings import OVERLAY_SCHEMA, SCHEMA, descriptions, pages

_ROOT = Path(__file__).resolve().parents[3]
PAGES = pages()


@pytest.mark.parametrize("path", ["config.yaml", SCHEMA, OVERLAY_SCHEMA, "docs/settings.md"])
def test_pages_are_those_of_the_settings(path: str) -> None:
    assert (_ROOT / path).read_text(encoding="utf-8") == PAGES[path], f"{path} is out of date: run make settings"


def test_no_page_is_forgotten() -> None:
    assert set(PAGES) == {"config.yaml", SCHEMA, OVERLAY_SCHEMA, "docs/settings.md"}


def test_every_key_is_described() -> None:
    texts = descriptions()
    assert not [path for path, _, _ in keys() if not texts.get(path)]


def test_editors_find_the_schema_of_config_yaml() -> None:
    first = PAGES["config.yaml"].splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA}"
    assert json.loads(PAGES[SCHEMA]) == json_schema(True, descriptions())
    assert json.loads(PAGES[OVERLAY_SCHEMA]) == json_schema(False, descriptions())


def test_config_yaml_says_every_default() -> None:
    assert yaml.safe_load(PAGES["config.yaml"]) == StudySettings().plain()


def test_the_reference_has_a_row_a_key_with_what_the_protocols_choose() -> None:
    rows = [line.split(" | ") for line in PAGES["docs/settings.md"].splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows] == [f"| `{path}`" for path, _, _ in keys()]
    (reduction,) = [row for row in rows if row[0] == "| `contrastive.reduction`"]
    assert reduction[1:] == ["auto: mean (sound), sum (paper)", "auto, mean, sum", "over the batch |"]
