"""What made each result and what each job cost: the report's page of provenance."""

import json
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from cgni.base.files import read_json
from cgni.base.tables import read_provenance
from cgni.base.version import VERSION
from cgni.figures.cells import NOT_KNOWN


def colophon(results_dir: str | Path) -> dict[str, str]:
    """When and with what the report was made, and how it is made again.

    Keys date (UTC), version, software, command.
    """
    versions = {name: metadata.version(name) for name in ("torch", "numpy", "pandas", "scikit-learn", "snakemake")}
    software = ", ".join(f"{name} {version}" for name, version in versions.items())
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "version": VERSION,
        "software": f"Python {platform.python_version()}, {software}",
        "command": f"make study CONFIG={Path(results_dir, 'config.effective.yaml')}",
    }


def origins(paths: Iterable[str]) -> list[dict[str, Any]]:
    """What made each Parquet file among the paths, from its metadata.

    Rows of file, rule, seed, config (the slice as JSON text), config_digest, code_digest,
    environment_digest and inputs ("name digest", one an input).
    """
    rows = []
    for path in (path for path in paths if str(path).endswith(".parquet")):
        facts = read_provenance(path)
        digests = ("config_digest", "code_digest", "environment_digest")
        rows.append(
            {
                "file": "/".join(Path(path).parts[1:]),
                "rule": facts.get("rule", NOT_KNOWN),
                "seed": facts.get("seed") or NOT_KNOWN,
                "config": json.dumps(facts.get("config", {}), sort_keys=True),
                "inputs": [f"{name} {digest}" for name, digest in sorted(facts.get("inputs", {}).items())],
                **{name: facts.get(name, NOT_KNOWN) for name in digests},
            }
        )
    return rows


def job_costs(results_dir: str | Path) -> pd.DataFrame:
    """Where each job in the results folder ran last and what it took: a row a job, by rule and job.

    Wall time, processor time (s) and peak resident memory (MB) come from Snakemake's benchmark
    files, host and device from what the job wrote beside its log.
    """
    rows = []
    for path in sorted(Path(results_dir, "benchmarks").glob("*/*.tsv")):
        rule, job = path.parent.name, path.stem
        measured = pd.read_csv(path, sep="\t").iloc[-1]
        record = Path(results_dir, "logs", rule, f"{job}.json")
        where = read_json(record) if record.is_file() else {}
        rows.append(
            {
                "Rule": rule,
                "Job": job,
                "Host": where.get("host", NOT_KNOWN),
                "Device": where.get("device", NOT_KNOWN),
                "Wall time (s)": measured["s"],
                "Processor time (s)": measured["cpu_time"],
                "Peak memory (MB)": measured["max_rss"],
            }
        )
    return pd.DataFrame(rows)
