"""Which claims of either of two studies hold in the other's cohort: bundles of both, each applied to the other.

python -m tools.replicate_studies --first a.yaml --second b.yaml [--cores N] [--folder results-replication]

Both studies are finished where they are not, and write their bundles (`snakemake bundle`); each bundle is applied to
the other's inputs (`snakemake apply`), whose results lie in `application/` of the other's results folder. `FOLDER` gets
the claims of both with their estimates (replication.parquet, replication.csv), and what each run said; counts by kind
are printed.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml

from cgni.application.replication import replication_summary
from cgni.application.schemas import REPLICATION
from cgni.base.files import write_text
from cgni.base.tables import read_table, write_table
from tools.make_reruns import ROOT, effective

BOTH_WAYS = pa.schema(
    [
        pa.field("study", pa.string(), nullable=False),  # whose claims: results folder
        pa.field("cohort", pa.string(), nullable=False),  # in whose people: results folder
        pa.field("claimed_by_both", pa.bool_(), nullable=False),  # kind, name and target are a claim of the other too
        *REPLICATION,
    ]
)


def both_ways(found: dict[tuple[str, str], pd.DataFrame]) -> pd.DataFrame:
    """The claims of both studies as one table (`BOTH_WAYS`).

    Parameters
    ----------
    found
        By study and cohort what `snakemake apply` wrote (`application.schemas.REPLICATION`).
    """
    names = {study: _claimed(table) for (study, _), table in found.items()}
    parts = []
    for (study, cohort), table in found.items():
        shared = [claim in names.get(cohort, set()) for claim in zip(*_keys(table), strict=True)]
        parts.append(table.assign(study=study, cohort=cohort, claimed_by_both=shared))
    return pd.concat(parts, ignore_index=True)[BOTH_WAYS.names]


def _keys(table: pd.DataFrame) -> list[pd.Series]:
    return [table[name] for name in ("kind", "name", "target")]


def _claimed(table: pd.DataFrame) -> set[tuple[str, str, str]]:
    return set(zip(*_keys(table), strict=True))


def _snakemake(targets: Sequence[str], configfiles: Sequence[str], cores: int, log: Path) -> None:
    """Run targets; SystemExit with the last line that tells an error when they stop."""
    program = [str(Path(sys.executable).parent / "snakemake"), *targets, "--cores", str(cores)]
    with log.open("w+") as said:
        command = [*program, "--configfile", *configfiles]
        code = subprocess.run(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, check=False).returncode
        said.seek(0)
        lines = [line.strip() for line in said if line.strip()]
    if code:
        told = [line for line in lines if "Error" in line or "error" in line]
        raise SystemExit(f"replicate: {' '.join(targets)} stopped ({log}): {(told or lines or ['no output'])[-1]}")


def main(arguments: Sequence[str]) -> int:
    """0 when both ways went to their end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", nargs="+", required=True, metavar="YAML")
    parser.add_argument("--second", nargs="+", required=True, metavar="YAML")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", default="results-replication")
    given = parser.parse_args(arguments)
    folder = ROOT / given.folder
    folder.mkdir(parents=True, exist_ok=True)
    studies: dict[str, Any] = {str(effective(own)["results_dir"]): own for own in (given.first, given.second)}
    if len(studies) < 2:
        parser.error("both configs have the same results_dir; give each study its own")
    for number, own in enumerate(studies.values(), 1):
        _snakemake(["report", "bundle"], own, given.cores, folder / f"study{number}.log")
    first, second = studies
    found = {}
    for study, cohort in ((first, second), (second, first)):
        overlay = folder / f"bundle-of-{Path(study).name}.yaml"
        write_text(yaml.safe_dump({"application": {"bundle": f"{study}/application/study.cgni"}}), overlay)
        log = folder / f"{Path(study).name}-on-{Path(cohort).name}.log"
        _snakemake(["apply"], [*studies[cohort], str(overlay)], given.cores, log)
        found[(study, cohort)] = read_table(ROOT / cohort / "application/replication.parquet")
        print(f"claims of {study} in the people of {cohort}")
        print(replication_summary(found[(study, cohort)]).to_string(index=False, float_format="%.1f"), flush=True)
    table = both_ways(found)
    write_table(table, folder / "replication.parquet", BOTH_WAYS, {"studies": list(studies)})
    write_text(table.to_csv(index=False, float_format="%.4g"), folder / "replication.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
