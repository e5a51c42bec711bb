"""The search as jobs: another candidate runs alone, and what follows runs again only when the winner changes."""

import json
import re

import pytest

from tests.workflow.study import Study

pytestmark = pytest.mark.slow

SEARCH = "results-tiny/classification/search/proposed"
# the selection is a target of its own, as it is of `all`: see SELECTIONS in rules/classification.smk
TARGETS = ("results-tiny/classification/cgni_terms12/predictions.parquet", f"{SEARCH}/selection.json")


def overlay(study: Study, *epochs: int) -> str:
    """A search over epochs."""
    return study.overlay(
        "search.yaml",
        f"classification: {{search: [{{model: proposed, contrastive.epochs: [{', '.join(map(str, epochs))}]}}]}}\n",
    )


def ran(output: str) -> list[str]:
    return re.findall(r"^(?:local)?(?:rule|checkpoint) (\w+):", output, re.MULTILINE)


def test_another_candidate_runs_alone_unless_it_wins(study_copy: Study) -> None:
    first = study_copy.snakemake(*TARGETS, overlays=(overlay(study_copy, 2, 3),))
    assert first.returncode == 0, first.stdout[-4000:]
    rules = ran(first.stdout)
    assert rules.count("search_network") == 2 and rules.count("select_settings") == 1
    assert rules.count("train_contrastive") == 1 and rules.count("train_network") == 1
    folder = study_copy.folder / SEARCH
    winner = json.loads((folder / "selection.json").read_text())["candidate"]
    again = study_copy.snakemake(*TARGETS, overlays=(overlay(study_copy, 2, 3),))
    assert again.returncode == 0 and not ran(again.stdout), again.stdout[-4000:]

    more = study_copy.snakemake(*TARGETS, overlays=(overlay(study_copy, 2, 3, 1),))
    assert more.returncode == 0, more.stdout[-4000:]
    rules = ran(more.stdout)
    assert rules.count("search_network") == 1 and rules.count("select_settings") == 1
    changed = json.loads((folder / "selection.json").read_text())["candidate"] != winner
    assert ("train_contrastive" in rules) == changed
    assert len(list(folder.glob("*/settings.json"))) == 3
