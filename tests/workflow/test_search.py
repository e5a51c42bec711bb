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


def test_each_loss_subset_has_a_search_of_its_own(fresh_study: Study) -> None:
    """Two subsets of the tiny study: (1)+(2) over the weights of two terms, (1)+(2)+(4) over those of three."""
    keys = ("imaging_genetics", "genetics_imaging", "genetics_genetics")
    weights = ", ".join(f"contrastive.weights.{key}: [0.3, 0.7]" for key in keys)
    grids = f"[{{model: subsets, {weights}}}, {{model: head_imaging, classification.proposed.layers: [[8], [16]]}}]"
    own = fresh_study.overlay("subsets.yaml", f"classification: {{search: {grids}, models: [genetic_linear]}}\n")
    names = ("cgni_terms12", "cgni_terms124", "head_imaging")
    folder = "results-tiny/classification/search"
    planned = fresh_study.planned(*(f"{folder}/{name}/selection.json" for name in names), overlays=(own,))
    assert planned["search_network"] == 2**2 + 2**3 + 2 and planned["select_settings"] == 3
    run = fresh_study.snakemake("-n", "-p", f"{folder}/cgni_terms12/selection.json", overlays=(own,))
    assert "cgni_terms12/" in run.stdout and "cgni_terms124/" not in run.stdout
    # the encoders and the model on them wait for their own subset's winner
    for target in ("contrastive/terms124/encoders.ckpt", "classification/cgni_terms124/predictions.parquet"):
        planned = fresh_study.planned(f"results-tiny/{target}", overlays=(own,))
        assert planned["search_network"] == 2**3 and planned["select_settings"] == 1
