"""What reruns after which change: dry runs against the finished tiny study, beside what the rules declare."""

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cgni.base.nested import leaves, nested
from cgni.contrastive.terms import TERMS
from cgni.imaging.atlases import atlas_files
from tests.conftest import READS, TINY
from tests.workflow.config_changes import STRUCTURAL, is_settled, other_value
from tests.workflow.planner import Planner
from tests.workflow.study import REPOSITORY, Study
from tools import make_reruns
from tools.make_reruns import StudyJob

pytestmark = pytest.mark.slow
IN_FORCE = make_reruns.effective(TINY)
KEYS = {key: value for key, value in leaves(IN_FORCE) if key not in STRUCTURAL and not is_settled(key)}
MODULES = make_reruns.library_modules()
# read only under another value of another key, or when something was found
CONDITIONAL = {
    "imaging.t1.session",
    "simulation.traits.change_share",
    "outcome.better",
    "outcome.baseline",
    "outcome.followup",
    *(f"outcome.norms.{key}" for key in ("sd", "reliability", "practice")),
    "simulation.images.t1_mm",
    "pretraining.bin_years",
    "contributions.blocks.purity",
    "contributions.blocks.coverage",
    "contributions.blocks.effects",
    "enrichment.engine",
    "enrichment.background",
    "enrichment.sources",
    "enrichment.min_term_size",
    "enrichment.max_term_size",
    "enrichment.gmt",
    "enrichment.obo",
    "enrichment.gaf",
    "enrichment.service",
    "enrichment.timeout",
    "enrichment.attempts",
    *(f"contrastive.weights.{term.key}" for term in TERMS),
}


@pytest.fixture(scope="module")
def planner(finished_study: Study) -> Iterator[Planner]:
    planner = Planner(finished_study)
    yield planner
    planner.close()


@pytest.fixture(scope="module")
def jobs(finished_study: Study) -> list[StudyJob]:
    """What the rules declare, under the tiny study's config."""
    return make_reruns.study_jobs(TINY, finished_study.folder)


def _own_copies(study: Study, pattern: str) -> str:
    """The path (pattern) of copies of an input's files under another name."""
    own = study.folder / "own"
    own.mkdir(exist_ok=True)
    for chrom in IN_FORCE["inputs"]["genotypes"]["chromosomes"]:
        source = study.folder / pattern.replace("{chrom}", str(chrom))
        shutil.copy2(source, own / source.name)
    return f"own/{Path(pattern).name}"


def _overlay(study: Study, values: dict[str, Any]) -> tuple[str]:
    return (study.overlay("change.yaml", yaml.safe_dump(values)),)


def test_finished_study_has_nothing_to_do(planner: Planner) -> None:
    assert planner.planned() == {}


@pytest.mark.parametrize("key", KEYS)
def test_key_reruns_what_declares_it_and_what_follows(
    key: str, finished_study: Study, planner: Planner, jobs: list[StudyJob]
) -> None:
    value = KEYS[key]
    other = _own_copies(finished_study, value) if key.startswith("inputs.") else other_value(key, value)
    assert other != value
    planned = planner.planned(overlays=_overlay(finished_study, nested({key: other})))
    assert planned == dict(make_reruns.after(jobs, make_reruns.readers(jobs, IN_FORCE, key)))


STRUCTURAL_CHANGES: dict[str, dict[str, Any]] = {
    "another loss subset": {"contrastive": {"subsets": [[1, 2], [1, 2, 4], [2]]}},
    "one model less": {"classification": {"models": ["imaging_cnn", "genetic_nn", "imaging_genetic_svm"]}},
    "another fold": {"splits": {"folds": 3}},
    "protocol": {"protocol": "paper"},
    "both builds": {"inputs": {"genotypes": {"build": "GRCh38"}}, "genetics": {"eqtl": {"build": "GRCh38"}}},
    "computed components": {"cohort": {"pcs": "computed"}},
    "a linear genetic encoder": {"contrastive": {"linear_subset": [1, 2, 4]}},
    "a shared head": {"classification": {"shared_head": [["genetics"]]}},
    "other features of the head": {"classification": {"proposed": {"features": ["genetics_embedding"]}}},
    "the encoder trained along": {"classification": {"finetune_encoder": True}},
    "more null encoders": {"contributions": {"null_encoders": 7}},
    "own gene sets": {"enrichment": {"gmt": "resources/app_interactors.tsv", "sources": ["GMT"]}},
    "own ontology": {"enrichment": {"obo": "resources/go/terms.parquet", "gaf": "resources/go/annotations.parquet"}},
    "fits on all training people": {"people": {"fit_on": "training"}, "scca": {"fit_on": "training"}},
    "T1 images": {"simulation": {"images": {"kind": "t1"}}, "imaging": {"source": "t1"}},
    "a table of features": {"simulation": {"images": {"kind": "table"}}, "imaging": {"source": "table"}},
    "a further atlas": {"inputs": {"more_atlases": ["octants"]}},
    "further gene sets": {"enrichment": {"more_sets": [{"name": "own", "gmt": "resources/published_genes.tsv"}]}},
    "another cohort of a population": {"simulation": {"people": {"cohorts": 2, "cohort": 2}}},
    "pretraining on everybody": {"protocol": "paper", "people": {"pretrain_on": "everybody"}},
}


def _declared_difference(study: Study, jobs: list[StudyJob], overlays: tuple[str]) -> tuple[dict[str, int], set[str]]:
    """What the declarations under an overlay say must run, and the jobs that differ themselves."""
    changed = make_reruns.study_jobs((*TINY, *(str(study.folder / name) for name in overlays)), study.folder)
    before = {job.name: (job.params, set(job.inputs)) for job in jobs}
    direct = {job.name for job in changed if before.get(job.name) != (job.params, set(job.inputs))}
    return dict(make_reruns.after(changed, direct)), direct


@pytest.mark.parametrize("change", STRUCTURAL_CHANGES)
def test_structural_change_reruns_what_it_must(
    change: str, finished_study: Study, planner: Planner, jobs: list[StudyJob]
) -> None:
    overlays = _overlay(finished_study, STRUCTURAL_CHANGES[change])
    expected, direct = _declared_difference(finished_study, jobs, overlays)
    planned = planner.planned(overlays=overlays)
    assert planned == expected
    simulated = {"simulate_genotypes", "simulate_phenotypes", "simulate_images"} & set(planned)
    of_images = {"simulate_images"} if change in ("T1 images", "a table of features") else set()
    everything = {"simulate_genotypes", "simulate_phenotypes", "simulate_images"}
    assert simulated == (everything if change == "another cohort of a population" else of_images)
    if change == "another loss subset":
        assert {name for name in direct if name.startswith("train_")} == {
            "train_contrastive encoders=terms2",
            "train_network model=cgni_terms2",
            "train_network model=cgni_terms2_cleaned",
        }
        assert (planned["train_contrastive"], planned["train_network"]) == (1, 2)
        assert not {"pretrain_brain_age", "finetune_outcome", "extract_hidden", "build_genotypes"} & set(planned)
    if change == "a further atlas":
        own = {"measure_atlas", "null_atlas", "summarise_atlas", "estimate_atlas", "make_atlas_table"}
        gathered = {"write_report", "write_config", "all"}
        assert planned == {"occlude_atlas": 2, **dict.fromkeys(own | gathered, 1)}
    if change == "further gene sets":
        assert planned == dict.fromkeys(("enrich_more_sets", "write_report", "write_config", "all"), 1)
    if change == "one model less":
        assert not [rule for rule in planned if rule.startswith(("train_", "pretrain_", "finetune_", "extract_"))]


def test_another_atlas_reruns_the_rules_that_read_it(
    finished_study: Study, planner: Planner, jobs: list[StudyJob]
) -> None:
    own = finished_study.folder / "own"
    own.mkdir(exist_ok=True)
    files = [shutil.copy2(path, own) for path in atlas_files("aal", None)]
    image, labels = (str(Path(file).relative_to(finished_study.folder)) for file in files)
    overlays = _overlay(finished_study, {"inputs": {"atlas": image, "atlas_labels": labels}})
    expected, direct = _declared_difference(finished_study, jobs, overlays)
    assert planner.planned(overlays=overlays) == expected
    readers = {"simulate_images", "occlude_regions", "estimate_directions", "compare_with_truth"}
    readers |= {"plot_region_contributions", "view_regions", "make_tables"}  # the last says where regions lie
    assert {name.split()[0] for name in direct} - {"write_config"} == readers


def test_longer_withdrawal_list_reruns_the_cohort_and_what_follows(study_copy: Study, jobs: list[StudyJob]) -> None:
    path = study_copy.folder / IN_FORCE["inputs"]["withdrawals"]
    path.write_text(path.read_text() + path.read_text().splitlines()[-1] + "\n")
    expected = make_reruns.after(jobs, make_reruns.readers(jobs, IN_FORCE, "inputs.withdrawals"))
    del expected["write_config"]  # the config itself is as before
    assert study_copy.planned() == dict(expected)


def test_module_change_reruns_its_users_and_what_follows(study_copy: Study, jobs: list[StudyJob]) -> None:
    """One module of every set of users is changed in a copy; the digests of the others are compared."""
    groups: dict[tuple, list[str]] = defaultdict(list)
    for module in MODULES:
        groups[tuple(sorted(make_reruns.after(jobs, make_reruns.users(jobs, module)).items()))].append(module)
    assert len(groups) > 20
    planner = Planner(study_copy)
    wrong = {}
    for expected, modules in groups.items():
        path = study_copy.folder / modules[0]
        text = path.read_text()
        path.write_text(text + "\n_ANOTHER_CONSTANT = 1\n")
        if (planned := planner.planned()) != dict(expected):
            wrong[modules[0]] = (planned, dict(expected))
        path.write_text(text)
    planner.close()
    assert wrong == {}


def test_comments_and_touched_files_rerun_nothing(study_copy: Study) -> None:
    for name in (*MODULES, "workflow_scripts/train_contrastive.py", "rules/genetics.smk"):
        path = study_copy.folder / name
        path.write_text(path.read_text() + "\n# a remark\n")
    for path in (study_copy.folder / "resources").rglob("*"):
        if path.is_file() and path.stat().st_size < 1_000_000:  # Snakemake compares times only above this size
            path.touch()
    assert study_copy.planned() == {}


def test_rules_read_what_they_declare_and_nothing_else(finished_study: Study, jobs: list[StudyJob]) -> None:
    read, declared = defaultdict(set), defaultdict(set)
    for path in (finished_study.folder / READS).glob("*.json"):
        read[path.stem.rsplit("-", 1)[0]].update(json.loads(path.read_text()))
    for job in jobs:
        declared[job.rule].update(key for key, _ in leaves(job.params.get("cfg", {})))
    assert set(read) == {job.rule for job in jobs if job.script}
    del declared["write_config"]  # writes all of them down
    unread = {
        rule: {key for key in keys - CONDITIONAL if not _is_settled(key) and not read[rule].intersection(_paths(key))}
        for rule, keys in declared.items()
    }
    assert {rule: keys for rule, keys in unread.items() if keys} == {}
    # a script may serve several rules and look for keys that only some of them have
    given = defaultdict(set)
    for job in jobs:
        given[job.script].update(part for key in declared[job.rule] for part in _paths(key))
    undeclared = {job.rule: read[job.rule] - given[job.script] for job in jobs if job.rule != "write_config"}
    assert {rule: keys for rule, keys in undeclared.items() if keys} == {}


def _paths(key: str) -> list[str]:
    names = key.split(".")
    return [".".join(names[: depth + 1]) for depth in range(len(names))]


def _is_settled(key: str) -> bool:
    return key.split(".")[0] in IN_FORCE and is_settled(key)


def test_page_of_reruns_is_up_to_date() -> None:
    written = (REPOSITORY / "docs/reruns.md").read_text()
    assert written == make_reruns.page(), "run make settings"


def test_short_table_of_the_architecture_is_up_to_date() -> None:
    written = (REPOSITORY / "docs/architecture.md").read_text()
    assert make_reruns.group_table() in written, "put what tools.make_reruns.group_table says into the page"


def test_tidied_study_has_nothing_to_do(study_copy: Study) -> None:
    def size() -> int:
        return sum(path.stat().st_size for path in (study_copy.folder / "results-tiny").rglob("*") if path.is_file())

    before = size()
    subprocess.run(["make", "tidy", "RESULTS=results-tiny"], cwd=study_copy.folder, check=True, capture_output=True)
    assert size() < before / 2
    assert study_copy.planned() == {}
