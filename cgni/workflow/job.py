"""What every rule's script does first: its log, its fate with its parent, its settings and provenance."""

import atexit
import copy
import dataclasses
import functools
import gc
import logging
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cgni.base.files import digest_file, digest_value, read_json, write_json
from cgni.base.machine import machine_trouble
from cgni.base.nested import overlay
from cgni.base.processes import configure_logging, die_with_parent
from cgni.base.settings import Section
from cgni.base.shipped import HOME
from cgni.workflow.config_reads import Reads
from cgni.workflow.written import compared_digests, note_outputs, remove_leftovers

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_LOCK = HOME / "envs" / "requirements.lock"
_TOLD = ("model", "encoders", "settings")
S = TypeVar("S", bound=Section)


@dataclass(frozen=True)
class Job:
    """A running rule.

    Attributes
    ----------
    rule : name of the rule; instance : which of its jobs (the log's name: `fold0`, `terms124`, `all`).
    cfg : the nested part of the config that the rule declares; read it through `section`, `seed` and `value`.
    code : digest of the script's import closure.
    inputs : input name (or number) to path.
    told : what the rule tells the job beside its config: its model, its encoders, a candidate's settings.
    digests : of the inputs that are known already, by name.
    """

    rule: str
    instance: str
    cfg: Mapping[str, Any]
    code: str
    inputs: Mapping[str, str]
    reads: Reads = field(default_factory=Reads)
    told: Mapping[str, Any] = field(default_factory=dict)
    in_force: Mapping[str, Any] | None = None
    digests: Mapping[str, str] = field(default_factory=dict)

    def with_winner(self, settings: str | None) -> "Job":
        """The job with the winner's settings (its `settings.json`) in the place of the config's; None: as it is.

        Settings of sections that the job does not declare are left alone; its provenance stays that of the rule.
        """
        if not settings:
            return self
        merged = copy.deepcopy(dict(self.cfg))
        overlay(merged, read_json(settings))
        return dataclasses.replace(self, in_force=merged)

    @property
    def seed(self) -> int:
        """The study's seed."""
        return int(self.value("seed"))

    @property
    def config(self) -> dict[str, Any]:
        """Everything that the rule declares, as plain nested values: to be written down, not to be read from."""
        return dict(self.cfg)

    def value(self, key: str) -> Any:
        """A single declared value, such as `protocol`, or a list made from the config, such as `models`."""
        self.reads.note(key)
        return self._at(key)

    def section(self, kind: type[S], **places: str) -> S:
        """The declared part of a section of the config, typed.

        `places` fill the placeholders of the section's path, such as the model in `classification.{model}`.
        """
        path = kind.PATH.format(**places)
        return self.reads.watch(kind.of(self._at(path)), path)

    @functools.cached_property
    def _provenance(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "instance": self.instance,
            "config": dict(self.cfg),
            "config_digest": digest_value({**self.cfg, **self.told}),
            **self.told,
            "seed": self.cfg.get("seed"),
            "code_digest": self.code,
            "environment_digest": digest_file(_LOCK),
            "inputs": {name: self.digests.get(name) or digest_file(path) for name, path in self.inputs.items()},
        }

    def provenance(self) -> dict[str, Any]:
        """Plain values for a table's metadata; the same bytes for the same run of the rule.

        Host, device and time are not among them: a job writes those beside its log.
        """
        return dict(self._provenance)

    def write(self, table: "pd.DataFrame | pa.Table", path: str | Path, schema: "pa.Schema") -> None:
        """Write a table with the job's provenance."""
        from cgni.base.tables import write_table  # here, so that the log is open before anything heavy is imported

        write_table(table, path, schema, self.provenance())

    def _at(self, path: str) -> Any:
        part: Any = self.cfg if self.in_force is None else self.in_force
        for name in path.split("."):
            part = part[name]
        return part


def start(snakemake: Any) -> Job:
    """Log to the rule's log and stderr, die with the parent, compare the inputs, and describe the job.

    Parameters
    ----------
    snakemake
        The object that Snakemake gives to a script; the rule has params `cfg` and `code`.
    """
    gc.set_threshold(100_000, 50, 50)  # imports make many objects, none of them garbage
    die_with_parent()
    log = snakemake.log[0]
    # snakemake.rule bears a prefix where another workflow renames its rules
    rule, instance = Path(log).parent.name, Path(log).stem
    configure_logging(log, rule if instance == "all" else f"{rule} {instance}")
    logging.info("start of %s", rule)
    cfg, code = snakemake.params.cfg, snakemake.params.code
    inputs = _flat_paths(snakemake.input.items())
    told = {name: value for name in _TOLD if (value := getattr(snakemake.params, name, None)) is not None}
    outputs, results = [*map(str, snakemake.output)], Path(log).parents[2]
    remove_leftovers(outputs)
    atexit.register(_finish, outputs, results, Path(log).with_suffix(".json"))
    digests = compared_digests(inputs, results)
    reads = Reads.of(rule)
    return Job(rule, instance, cfg, code, inputs, reads, told, digests=digests)


def _finish(outputs: list[str], results: Path, record: Path) -> None:
    """Write down where the job ran and what it has written; Snakemake deletes the outputs of one that failed."""
    try:
        write_json(_where_it_ran(), record)
        note_outputs(outputs, results)
    except OSError as error:  # the outputs themselves are there
        logging.warning("not written down: %s", machine_trouble(error) or error)


def _where_it_ran() -> dict[str, str]:
    """Host, system, Python and the device that torch used, if the job used torch at all."""
    torch = sys.modules.get("torch")
    on_gpu = torch is not None and torch.cuda.is_initialized()
    return {
        "host": platform.node(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name() if torch is not None and on_gpu else "CPU",
        "slurm_job": os.environ.get("SLURM_JOB_ID", ""),
    }


def _flat_paths(inputs: Iterable[tuple[str, str | list[str]]]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in inputs:
        paths = [value] if isinstance(value, str | Path) else list(value)
        for index, path in enumerate(paths):
            flat[name if len(paths) == 1 else f"{name}[{index}]"] = str(path)
    return flat
