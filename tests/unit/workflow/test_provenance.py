"""Where results come from and what jobs cost, as the report shows them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from cgni.base.files import digest_file
from cgni.base.tables import write_table
from cgni.figures.provenance import job_costs, origins

_ROOT = Path(__file__).resolve().parents[3]
_JOB = """
import sys
from types import SimpleNamespace
import pandas as pd, pyarrow as pa
from cgni.workflow.job import start
params = SimpleNamespace(cfg={"seed": 3, "part": {"key": 1}}, code="c0de")
log, inputs = ["results/logs/sum_up/fold0.log"], {"text": sys.argv[1]}
job = start(SimpleNamespace(rule="sum_up", log=log, params=params, input=inputs, output=["results/sums.parquet"]))
job.write(pd.DataFrame({"x": [1]}), "results/sums.parquet", pa.schema([pa.field("x", pa.int64())]))
"""


def _run_job(folder: Path) -> bytes:
    (folder / "in.txt").write_text("in")
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    subprocess.run([sys.executable, "-c", _JOB, "in.txt"], cwd=folder, env=environment, check=True, capture_output=True)
    return (folder / "results/sums.parquet").read_bytes()


def test_job_says_what_made_its_table_and_where_it_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = _run_job(tmp_path)
    assert _run_job(tmp_path) == first
    (row,) = origins(["results/sums.parquet"])
    assert (row["file"], row["rule"], row["seed"], row["code_digest"]) == ("sums.parquet", "sum_up", 3, "c0de")
    assert json.loads(row["config"]) == {"part": {"key": 1}, "seed": 3}
    assert row["inputs"] == [f"text {digest_file('in.txt')}"]
    assert row["environment_digest"] == digest_file(_ROOT / "envs/requirements.lock")

    benchmark = tmp_path / "results/benchmarks/sum_up/fold0.tsv"
    benchmark.parent.mkdir(parents=True)
    benchmark.write_text("s\th:m:s\tmax_rss\tcpu_time\n2.5\t0:00:02\t310.2\t2.1\n")
    costs = job_costs("results")
    assert costs[["Rule", "Job", "Device", "Wall time (s)", "Peak memory (MB)"]].to_numpy().tolist() == [
        ["sum_up", "fold0", "CPU", 2.5, 310.2]
    ]
    assert costs["Host"].item() != "–"
    assert "start of sum_up" in (tmp_path / "results/logs/sum_up/fold0.log").read_text()


def test_table_of_another_origin_is_shown_without_facts(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"x": [1]}), tmp_path / "t.parquet", pa.schema([pa.field("x", pa.int64())]), {})
    (row,) = origins([str(tmp_path / "t.parquet")])
    assert row["rule"] == row["code_digest"] == "–" and row["inputs"] == []
