"""Every piece of a config in the documentation is one that the workflow takes."""

import pytest
import yaml

from cgni.workflow.config import effective_config
from tests.unit.docs.pages import REPOSITORY, Block, blocks

CONFIGS = [
    block for page in sorted((REPOSITORY / "docs").rglob("*.md")) for block in blocks(page) if block.language == "yaml"
]


@pytest.mark.parametrize("block", CONFIGS, ids=lambda block: f"{block.page.stem}: {block.text[:40]!r}")
def test_a_config_of_a_page_is_taken(block: Block) -> None:
    parts = list(yaml.safe_load_all(block.text))
    assert parts
    for part in parts:
        assert effective_config({"simulation": {"enabled": False}} | part)  # of real data
