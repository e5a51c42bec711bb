"""Write docs/reruns.md: what runs again after which change, from what the rules declare (nothing needs to have run).

python -m tools.make_reruns
"""

import contextlib
import copy
import functools
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cgni.base.nested import leaves
from cgni.imaging.atlases import atlas_files, further_atlas_files
from cgni.workflow import code_digest, config
from cgni.workflow.baselines import PROPOSED
from tools.study_rules import EVERY_RULE, OF_A_TABLE, script_path

ROOT = Path(__file__).resolve().parents[1]

# Entries of a rule's parameters that are made from config keys.
_SUBSETS = ("contrastive.subsets",)
_MODELS = (*_SUBSETS, "contrastive.linear_subset", "classification.models", "classification.shared_head")
_DERIVED = {
    "encoders": _SUBSETS,
    "proposed": _SUBSETS,
    "models": _MODELS,
    "labels": _MODELS,
    "stamp": ("people.pretrain_on",),
    "names": ("classification.search",),
    "settings": ("classification.search",),
}
_ATLAS = ("inputs.atlas", "inputs.atlas_labels")
_OWN = ("resume", "ledger", "code", "script")  # not made from the config
_TARGETS = {"all", "null"}
# The groups of modules that docs/architecture.md shows with what each reruns.
GROUPS = {
    "a loss term, the encoders": "cgni/contrastive/losses.py",
    "a kind of classifier": "cgni/classification/fitters/svm.py",
    "a row of the baselines": "cgni/workflow/baselines.py",
    "the search for an atlas's files": "cgni/imaging/atlases.py",
    "an atlas on the maps' grid": "cgni/imaging/atlas.py",
    "sparse CCA": "cgni/scca/sparse.py",
    "occlusion": "cgni/occlusion/incremental.py",
    "the null": "cgni/contributions/null.py",
    "quality control of SNPs": "cgni/genetics/qc.py",
    "the scores": "cgni/classification/evaluation.py",
    "the look of figures": "cgni/figures/style.py",
}


@dataclass(frozen=True)
class StudyJob:
    """A job of the study.

    Attributes
    ----------
    name : rule and wildcards; rule : its rule; script : path of its script from the repository root.
    params : what it declares (cfg, code, ...); inputs : paths; needs : names of the jobs before it.
    """

    name: str
    rule: str
    script: str
    params: Mapping[str, Any]
    inputs: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class StudyPlan:
    """The jobs of a study and its config in force."""

    jobs: list[StudyJob]
    in_force: Mapping[str, Any]

    def rules(self, names: Iterable[str]) -> set[str]:
        """The rules of the jobs with these names."""
        rule_of = {job.name: job.rule for job in self.jobs}
        return {rule_of[name] for name in names}


@functools.cache
def plans() -> tuple[StudyPlan, ...]:
    """Studies that together have every rule: all chromosomes and loss subsets; what that one does without; a table."""
    published = ("tests/published.yaml",)
    return (
        StudyPlan(study_jobs(published, targets=_TARGETS), effective(published)),
        *(
            StudyPlan(study_jobs((), changes=changes, targets=_TARGETS), effective((), changes))
            for changes in (EVERY_RULE, OF_A_TABLE)
        ),
    )


def study_jobs(
    configfiles: Iterable[str],
    folder: Path = ROOT,
    changes: Mapping[str, Any] | None = None,
    targets: Iterable[str] = (),
) -> list[StudyJob]:
    """All jobs of the study in `folder` under these overlays and changes, as Snakemake builds them; targets: `all`."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, Quietness, ResourceSettings

    with (
        contextlib.chdir(folder),
        contextlib.redirect_stderr(io.StringIO()),
        SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api,
    ):
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(config=changes or {}, configfiles=[Path(name) for name in configfiles]),
            snakefile=Path("Snakefile"),
        )
        dag = workflow.dag(dag_settings=DAGSettings(targets=set(targets), forceall=True))
        dag.execute_workflow(executor="dryrun")
        dag = workflow._workflow.dag
        return [_study_job(job, dag.dependencies[job]) for job in dag.jobs]


def _study_job(job: Any, needs: Iterable[Any]) -> StudyJob:
    return StudyJob(
        _name(job),
        job.rule.name,
        script_path(job.rule),
        dict(job.params.items()),
        tuple(map(str, job.input)),
        tuple(map(_name, needs)),
    )


def _name(job: Any) -> str:
    return " ".join([job.rule.name, *(f"{key}={value}" for key, value in sorted(job.wildcards_dict.items()))])


def declared_keys(job: StudyJob, governed: Iterable[str]) -> set[str]:
    """Config keys whose values are in the job's parameters."""
    keys: set[str] = set()
    for name, part in job.params.items():
        if name in _OWN or name.startswith("seen_"):
            continue
        if name == "model":
            keys |= _model_keys(part)
        elif name in _DERIVED:
            keys |= _derived_keys(name, part)
        elif name == "figures":
            keys.update(f"figures.{key}" for key in part)
        elif isinstance(part, Mapping):
            for top, value in part.items():
                if top == "choices":
                    keys.update(governed)
                else:
                    keys |= _derived_keys(top, value) if top in _DERIVED else {key for key, _ in leaves({top: value})}
    return keys


def _derived_keys(name: str, part: Any) -> set[str]:
    """Keys that an entry of the parameters is made from; none when it is empty, unless it is a stamp."""
    keys = set(_DERIVED[name] if part or name == "stamp" else ())
    if name == "encoders" and isinstance(part, Mapping) and (part.get("linear") or "linear_" in " ".join(part)):
        keys.add("contrastive.linear_subset")
    if name == "models":  # names, or what fits know of their models
        keys.update(key for model in part if isinstance(model, Mapping) for key in _model_keys(model))
    return keys


def _model_keys(model: Mapping[str, Any]) -> set[str]:
    """Keys that make a model's kind and features; a baseline is a row of the roster."""
    if model["settings"] != PROPOSED:
        return set()
    of_encoders = {"classification.proposed.features", "classification.finetune_encoder"}
    return of_encoders if model["encoders"] else {"classification.shared_head"}


def readers(jobs: list[StudyJob], in_force: Mapping[str, Any], key: str) -> set[str]:
    """Names of the jobs that declare a config key, or that have its file as input."""
    governed = config.protocol_choices(dict(in_force))
    paths: set[str] = set()
    if key.startswith("inputs."):
        pattern = str(dict(leaves(in_force))[key])
        paths = {pattern.replace("{chrom}", str(chrom)) for chrom in in_force["inputs"]["genotypes"]["chromosomes"]}
    if key in _ATLAS:
        files = atlas_files(in_force["inputs"]["atlas"], in_force["inputs"]["atlas_labels"])
        paths = {files[_ATLAS.index(key)]}
    if key == "inputs.more_atlases":
        atlases = further_atlas_files(in_force["inputs"]["more_atlases"], ("", ""))
        paths = {path for files in atlases.values() for path in files}
    if key == "enrichment.more_sets":
        paths = {sets["gmt"] for sets in in_force["enrichment"]["more_sets"]}
    return {job.name for job in jobs if key in declared_keys(job, governed) or paths & set(job.inputs)}


def users(jobs: list[StudyJob], module: str) -> set[str]:
    """Names of the jobs whose scripts import a file of the library (path from the repository root)."""
    scripts = {job.script for job in jobs if job.script and module in code_digest.import_closure(job.script)}
    return {job.name for job in jobs if job.script in scripts}


def after(jobs: list[StudyJob], direct: set[str]) -> Counter[str]:
    """Rules and numbers of the jobs `direct` (names) and of all that follow them."""
    again, before = set(direct), -1
    while len(again) != before:
        before = len(again)
        again |= {job.name for job in jobs if again.intersection(job.needs)}
    return Counter(job.rule for job in jobs if job.name in again)


def effective(configfiles: Iterable[str], changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The config in force under overlays on config.yaml, and changes on top of them."""
    merged: dict[str, Any] = {}
    for name in ("config.yaml", *configfiles):
        _merge(merged, yaml.safe_load((ROOT / name).read_text()) or {})
    _merge(merged, copy.deepcopy(dict(changes or {})))
    return config.effective_config(merged)


def _merge(target: dict[str, Any], overlay: Mapping[str, Any]) -> None:
    for key, value in overlay.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value


def library_modules() -> list[str]:
    """Files of the library with code in them, from the repository root."""
    files = (ROOT / "cgni").rglob("*.py")
    return sorted(str(path.relative_to(ROOT)) for path in files if path.stat().st_size)


def group_table() -> str:
    """The short table of docs/architecture.md: what a change of a module reruns itself, without what follows."""
    rows = []
    for title, module in GROUPS.items():
        rules = set().union(*(plan.rules(users(plan.jobs, module)) for plan in plans()))
        rows.append(f"| {title} | `{module}` | {_names(rules) or 'nothing'} |\n")
    return "| a change of | such as | reruns, before what follows |\n|---|---|---|\n" + "".join(rows)


def page() -> str:
    """The text of docs/reruns.md."""
    keys: dict[str, set[str]] = {}
    modules: dict[str, set[str]] = {}
    following: dict[str, set[str]] = {}
    for plan in plans():
        for key, _ in leaves(plan.in_force):
            keys.setdefault(key, set()).update(plan.rules(readers(plan.jobs, plan.in_force, key)))
        for module in library_modules():
            found = plan.rules(users(plan.jobs, module))
            modules.setdefault(module.removeprefix("cgni/"), set()).update(found)
        for rule in {job.rule for job in plan.jobs} - _TARGETS:
            found = set(after(plan.jobs, {job.name for job in plan.jobs if job.rule == rule}))
            following.setdefault(rule, set()).update(found - {rule, *_TARGETS})
    return (
        _HEAD
        + "\n## Config keys\n\n| keys | rules that declare them |\n|---|---|\n"
        + _grouped(keys, leave_out={"write_config"})
        + "\n## Library modules (`cgni/`)\n\n| modules | rules that import them |\n|---|---|\n"
        + _grouped(modules)
        + "\n## What follows a rule\n\n| rule | rules that follow |\n|---|---|\n"
        + "".join(
            f"| `{rule}` | {_names(rules) or 'none'} |\n"
            for rule, rules in sorted(following.items(), key=lambda row: (-len(row[1]), row[0]))
        )
    )


_HEAD = """\
# What runs again after a change

Made by `make settings` from what the rules declare; a test compares it with dry runs against a finished study. Rules
that only some configs have are there too: those of a search, of computed relatives and components, of encoders that are
trained along, and of the target `null`.

After a change, the rules beside it in the first two tables run again, and of them only the jobs concerned (a weight
of the contrastive loss reruns the subsets with that term, a chromosome's file reruns that chromosome); then whatever
follows them (last table). Nothing upstream, nothing beside it.

- Comments, docstrings and formatting rerun nothing: rules carry a digest of their code's syntax tree.
- Touching an input reruns nothing while it is below Snakemake's checksum limit (1 MB, `--max-checksum-file-size`).
  Larger files go by their time: `snakemake --touch` accepts them as they are after a copy that lost times.
- An input that is replaced reruns its readers even where the new file is older (`cp -p`, unzip): files up to 16 MB by
  their content, larger ones and the gray-matter maps (each of them) by size and time. A map that is added or taken
  away counts too. `snakemake -n` says of which file the look has changed.
- Finished outputs that are cut, swapped or edited by hand stop the job that reads them: one line names the file.
- A job whose output comes out byte for byte as before still reruns what follows it.
- `results_dir` names another folder: everything runs there.
- Another loss subset, model, chromosome or fold adds its own jobs and reruns the rules that gather them; `protocol`
  reruns the readers of each key whose value it changes.
- A longer withdrawal list reruns `build_participants` and all that follows, training included.
- Every key is also written down by `write_config`, which the report shows.
"""


def _grouped(rules: Mapping[str, set[str]], leave_out: Iterable[str] = ()) -> str:
    """One row for all names with the same rules, in the order of the names."""
    groups: dict[frozenset[str], list[str]] = {}
    for name, found in rules.items():
        groups.setdefault(frozenset(found.difference(leave_out)), []).append(name)
    return "".join(
        f"| {_names(names, keep_order=True)} | {_names(found) or 'none'} |\n" for found, names in groups.items()
    )


def _names(names: Iterable[str], keep_order: bool = False) -> str:
    return ", ".join(f"`{name}`" for name in (names if keep_order else sorted(names)))


if __name__ == "__main__":
    (ROOT / "docs/reruns.md").write_text(page())
