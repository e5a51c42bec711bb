"""Print the summary table of a finished study and the path of its report."""

import csv
import sys
from pathlib import Path


def main(results: str) -> int:
    """0 when the summary was printed, 1 when there is none."""
    source, report = Path(results) / "tables" / "summary.csv", Path(results) / "report.html"
    if not source.is_file() or not report.is_file():
        print(f"There is no finished study in {results}; run make demo.", file=sys.stderr)
        return 1
    with source.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    print()
    for quantity, value, note in rows:
        print(f"{quantity:<{widths[0]}}  {value:<{widths[1]}}  {note}".rstrip())
    print(f"\nReport: {report.resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
