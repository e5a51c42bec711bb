"""Counting who or what is left after each step."""

import logging
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

LACKING = "without most genotypes of a chromosome"  # people who stay, and of whom the report warns
_COLUMNS = ["stage", "step", "unit", "chrom", "removed", "left", "note"]


@dataclass
class Attrition:
    """Rows of an attrition table (`cohort.schemas.ATTRITION`) in the order of the steps.

    Attributes
    ----------
    stage : stage of the study; unit : what is counted, such as participants.
    rows : the table's rows; parts : steps that count a part of those left and remove nobody.
    """

    stage: str
    unit: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)

    def start(self, step: str, left: int, note: str | None = None, chrom: str | None = None) -> None:
        """The number of units before any exclusion."""
        self._add(step, 0, left, note, chrom)

    def remove(self, step: str, removed: int, left: int, note: str | None = None, chrom: str | None = None) -> None:
        """An exclusion step: `removed` went, `left` stayed."""
        self._add(step, removed, left, note, chrom)

    def count(
        self, step: str, number: int, note: str = "a part of those left; nobody is removed", chrom: str | None = None
    ) -> None:
        """The size of a part of those left."""
        self.parts.add(step)
        self._add(step, 0, number, note, chrom)

    def frame(self) -> pd.DataFrame:
        """The rows as a table."""
        return pd.DataFrame(self.rows, columns=_COLUMNS)

    def lines(self) -> list[str]:
        """The rows as lines for a log, chromosomes added up."""
        table = self.frame().groupby("step", sort=False)[["removed", "left"]].sum()
        return [
            f"{row.Index}: {row.left} {self.unit}"
            + ("" if row.Index in self.parts else f" left, {row.removed} removed")
            for row in table.itertuples()
        ]

    def log(self) -> None:
        """Write the lines to the log."""
        for line in self.lines():
            logging.info(line)

    def _add(self, step: str, removed: int, left: int, note: str | None, chrom: str | None) -> None:
        values = (self.stage, step, self.unit, chrom, int(removed), int(left), note)
        self.rows.append(dict(zip(_COLUMNS, values, strict=True)))
