"""Where results come from and what jobs cost, as the report shows them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cgni.workflow.config_reads import VARIABLE, plain, recorded
from cgni.figures.provenance import job_costs, origins
from cgni.base.files import digest_file
from cgni.base.tables import write_table

_ROOT = Path(__file__).resolve().parents[3]
_JOB = """
from cgni.workflow.job import Job
from cgni.base.tables import write_table
import pandas as pd, pyarrow as pa, sys
cfg, inputs = {"seed": 3, "part": {"key": 1}}, [("text", sys.argv[1])]
job = Job.start("sum_up", "results/logs/sum_up/fold0.log", cfg, "c0de", inputs)
table = pd.DataFrame({"x": [1]})
write_table(table, "results/sums.parquet", pa.schema([pa.field("x", pa.int64())]), job.provenance())
"""


def _run_job(folder: Path) -> bytes:
    (folder / "in.txt").write_text("in")
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    subprocess.run([sys.executable, "-c", _JOB, "in.txt"], cwd=folder, env=environment, check=True, capture_output=True)
    return (folder / "results/sums.parquet").read_bytes()


def test_job_says_what_made_its_table_and_where_it_ran(tmp_path: Path, monkeypatch) -> None:
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


def test_table_of_another_origin_is_shown_without_facts(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"x": [1]}), tmp_path / "t.parquet", pa.schema([pa.field("x", pa.int64())]), {})
    (row,) = origins([str(tmp_path / "t.parquet")])
    assert row["rule"] == row["code_digest"] == "–" and row["inputs"] == []


def test_reads_are_recorded_by_key_and_copies_are_plain(tmp_path: Path) -> None:
    script = (
        "from cgni.workflow.config_reads import plain, recorded\n"
        "cfg = recorded({'a': {'b': 1, 'c': 2}, 'd': 3, 'e': {'f': 4}}, 'rule')\n"
        "plain(cfg); cfg['a']['b']; cfg.get('g'); dict(**cfg['e'])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), VARIABLE: str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    (file,) = tmp_path.glob("rule-*.json")
    assert json.loads(file.read_text()) == ["a", "a.b", "e", "e.f", "g"]


def test_nothing_is_recorded_unasked() -> None:
    cfg = {"a": {"b": 1}}
    assert recorded(cfg, "rule") is cfg
    assert plain(cfg) == cfg and plain(cfg)["a"] is not cfg["a"]
