"""The rules of the workflow, read from Snakemake itself."""

import contextlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgni.workflow.baselines import BASELINES, searchable

ROOT = Path(__file__).resolve().parents[1]
_DECLARED = ("mem_mb", "runtime")
# what some configs have and others do not; a source of images at a time
EVERY_RULE: dict[str, Any] = {
    "inputs": {"relatedness": None, "more_atlases": ["octants"]},
    "enrichment": {"more_sets": [{"name": "own", "gmt": "resources/published_genes.tsv"}]},
    "cohort": {"pcs": "computed"},
    "simulation": {"images": {"kind": "t1"}},
    "imaging": {"source": "t1"},
    "application": {"bundle": "study.cgni"},
    "contrastive": {"linear_subset": [1, 2]},
    "classification": {
        "models": list(BASELINES),
        "finetune_encoder": True,
        "shared_head": [["imaging"]],
        "search": [{"model": name, "classification.epochs": [1, 2]} for name in searchable()],
    },
}
OF_A_TABLE: dict[str, Any] = {"simulation": {"images": {"kind": "table"}}, "imaging": {"source": "table"}}


@dataclass(frozen=True)
class StudyRule:
    """A rule.

    Attributes
    ----------
    stage : name of its file; empty for those of the Snakefile.
    script, log, benchmark : paths; empty: none. outputs : paths below the results folder, wildcards in braces.
    doc : its docstring. params : names of its parameters. resources : their values at the first attempt.
    """

    name: str
    stage: str
    script: str
    outputs: tuple[str, ...]
    log: str
    benchmark: str
    doc: str
    params: tuple[str, ...]
    threads: int
    resources: dict[str, int]


def study_rules(configfiles: Iterable[str] = (), folder: Path = ROOT, every: bool = True) -> list[StudyRule]:
    """The rules under overlays on config.yaml, in the order of the files.

    Parameters
    ----------
    every
        With the keys set that give the rules which not all configs have; those of a table of features stand last in
        their stage.
    """
    if not every:
        return _rules_under({}, configfiles, folder)
    rules, others = (_rules_under(changes, configfiles, folder) for changes in (EVERY_RULE, OF_A_TABLE))
    known = {rule.name for rule in rules}
    return sorted([*rules, *(rule for rule in others if rule.name not in known)], key=_stages(rules))


def _stages(rules: Iterable[StudyRule]) -> Callable[[StudyRule], int]:
    """A key that sorts rules by their stages as they stand in `rules`."""
    order = list(dict.fromkeys(rule.stage for rule in rules))
    return lambda rule: order.index(rule.stage)


def _rules_under(changes: dict[str, Any], configfiles: Iterable[str], folder: Path) -> list[StudyRule]:
    """The rules under overlays and these changes of the config."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings.types import ConfigSettings, OutputSettings, Quietness, ResourceSettings

    with (
        contextlib.chdir(folder),
        contextlib.redirect_stderr(io.StringIO()),
        SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api,
    ):
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(config=changes, configfiles=[Path(name) for name in configfiles]),
            snakefile=Path("Snakefile"),
        )
        api_workflow = workflow._workflow
        results = api_workflow.config.get("results_dir", "results")
        return [_rule(rule, results) for rule in api_workflow.rules]


def _rule(rule: Any, results: str) -> StudyRule:
    stage = Path(str(rule.snakefile)).stem
    return StudyRule(
        name=rule.name,
        stage="" if stage == "Snakefile" else stage,
        script=script_path(rule),
        outputs=tuple(_plain(path).removeprefix(f"{results}/") for path in rule.output),
        log="".join(_plain(path) for path in rule.log),
        benchmark=_plain(rule.benchmark or ""),
        doc=rule.docstring or "",
        params=tuple(rule.params.keys()),
        threads=int(_first(rule.resources["_cores"])),
        resources={name: int(_first(rule.resources[name])) for name in _DECLARED if name in list(rule.resources)},
    )


def script_path(rule: Any) -> str:
    """A rule's script from the repository root; empty when it has none."""
    name = Path(str(rule.script)).name.replace("{params.script}", rule.name) if rule.script else ""
    return f"workflow_scripts/{name}" if name else ""


def _plain(path: Any) -> str:
    """A path with the constraints of its wildcards left out."""
    return re.sub(r"\{(\w+),[^/]*?\}(?=[/._]|$)", r"{\1}", str(path))


def _first(resource: Any) -> Any:
    """A resource at the first attempt."""
    value = resource._value
    return value(None, attempt=1) if callable(value) else value
