"""Print what a finished study found, in sentences, and the path of its report."""

import csv
import sys
import textwrap
from itertools import groupby
from pathlib import Path

_WIDTH = 110


def main(results: str) -> int:
    """0 when the summary was printed, 1 when there is none."""
    source, report = Path(results) / "tables" / "summary.csv", Path(results) / "report.html"
    if not source.is_file() or not report.is_file():
        print(f"There is no finished study in {results}; run make demo.", file=sys.stderr)
        return 1
    with source.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    for part, own in groupby(rows, key=lambda row: row[0]):
        told = " ".join(row[1] for row in own)
        print(textwrap.fill(told, _WIDTH, initial_indent=f"{part}: ", subsequent_indent="    "))
    print(f"\nOpen this: {report.resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
