"""Fill the report's template."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jinja2
import pandas as pd
from markupsafe import Markup

from cgni.base.csv_cells import unguarded
from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.classification.ledger import Looks
from cgni.cohort.settings import OutcomeSettings
from cgni.enrichment.schemas import ALL_COMPONENTS
from cgni.figures.cells import FEWEST_OF_GROUP, FEWEST_PEOPLE, NOT_KNOWN, Scores, few, small, with_interval
from cgni.figures.layouts import DETAILS
from cgni.figures.print_sizes import TWO_COLUMNS

_WIDEST = 1000  # pixels on the page of a figure of two columns
_ATLAS = "table5_"  # before the name of a further atlas
_UNSEEN = {"validation": "out of fold", "holdout": "holdout"}
_GROUPS = {"table1": "Table 1", "ablations": "other loss subsets"}
_ORDER = {name: number for number, name in enumerate(("holdout", "validation", *_GROUPS))}
_TESTS = {"Swap test": "permutation", "Bootstrap": "bootstrap", "McNemar": "mcnemar"}
_TERM_P = {
    "p (null), family-wise": "p_family",
    "p (null)": "p_null",
    "q (null)": "q_null",
    "p, hypergeometric": "p",
    "its Bonferroni": "p_bonferroni",
    "its BH": "p_bh",
}


@dataclass(frozen=True)
class Page:
    """What the page is filled with.

    Attributes
    ----------
    template : Jinja text of the page.
    figures : name to PNG bytes; captions : name to text.
    tables : name to a table of strings, those of `study_tables.study_tables`.
    """

    template: str
    figures: Mapping[str, bytes]
    captions: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]

    @classmethod
    def read(cls, template: str, figures: Sequence[str], captions: Sequence[str], tables: Sequence[str]) -> "Page":
        """From the paths of a template, PNG figures, captions and CSV tables; what a file is called names it."""
        return cls(
            template=Path(template).read_text(encoding="utf-8"),
            figures={path.stem: path.read_bytes() for path in map(Path, figures)},
            captions={path.stem: path.read_text(encoding="utf-8").strip() for path in map(Path, captions)},
            tables={path.stem: unguarded(pd.read_csv(path, keep_default_na=False)) for path in map(Path, tables)},
        )


@dataclass(frozen=True)
class FurtherSets:
    """Terms of a further file of gene sets (`enrichment.schemas`), and where none was looked for, in words."""

    name: str
    terms: pd.DataFrame
    note: str

    @classmethod
    def read(cls, requests: Sequence[str]) -> "list[FurtherSets]":
        """From the paths of records (request.json), each beside its table in a folder of the sets' name."""
        folders = {Path(path).parent: read_json(path, "note")["note"] for path in requests}
        return [cls(folder.name, read_table(folder / "terms.parquet"), note) for folder, note in folders.items()]


@dataclass(frozen=True)
class Evidence:
    """Tables that stand in the report alone; no participant ids are among them.

    Attributes
    ----------
    looks : how often the holdout was scored.
    terms_note : where no term was looked for, in words; warnings : see `cohort.cautions`.
    lineage, confounds, recovery : `audit.schemas`; recovery is None where nothing was planted.
    performance, comparisons : `classification.schemas`; terms : `enrichment.schemas`.
    further_sets : of `enrichment.more_sets`.
    """

    TABLES: ClassVar = ("lineage", "confounds", "performance", "comparisons", "terms", "recovery")

    looks: Looks
    terms_note: str
    warnings: Sequence[str]
    lineage: pd.DataFrame
    confounds: pd.DataFrame
    performance: pd.DataFrame
    comparisons: pd.DataFrame
    terms: pd.DataFrame
    recovery: pd.DataFrame | None = None
    further_sets: Sequence[FurtherSets] = ()


@dataclass(frozen=True)
class Choices:
    """The settings in force.

    Attributes
    ----------
    config : the effective config as text.
    governed : key governed by the protocol to the value in force.
    """

    config: str
    governed: Mapping[str, Any]
    protocol: str
    simulated: bool

    @classmethod
    def read(cls, config: str, governed: Mapping[str, Any], protocol: str, simulated: bool) -> "Choices":
        """With the text of the file `config`."""
        return cls(Path(config).read_text(encoding="utf-8"), governed, protocol, simulated)


@dataclass(frozen=True)
class Report:
    """Everything that the page shows.

    Attributes
    ----------
    labels : model name to what readers see; outcome : how it is called.
    provenance : see `provenance.origins`; costs : see `provenance.job_costs`; made : see `provenance.colophon`.
    """

    page: Page
    evidence: Evidence
    choices: Choices
    labels: Mapping[str, str]
    outcome: OutcomeSettings
    provenance: Sequence[Mapping[str, Any]]
    costs: pd.DataFrame
    made: Mapping[str, str]

    def render(self) -> str:
        """The HTML page, with images inside and no request to anywhere."""
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        environment.filters["table"] = _html_table
        page, evidence, choices = self.page, self.evidence, self.choices
        words = {"outcome": self.outcome, "grouped": self.outcome.kind != "continuous"}
        return environment.from_string(page.template).render(
            images={name: base64.b64encode(data).decode() for name, data in page.figures.items()},
            widths={name: _shown_width(data) for name, data in page.figures.items()},
            captions={name: environment.from_string(text).render(words) for name, text in page.captions.items()},
            tables=page.tables,
            findings=_by_part(page.tables["summary"]),
            publication=len(page.tables["publication"]) > 0,
            leaky=not bool(evidence.lineage["clean"].all()),
            fits=int(evidence.lineage["people"].gt(0).sum()),
            lineage=evidence.lineage,
            confounds=_confound_rows(evidence.confounds, self.labels),
            comparisons=_comparison_rows(evidence.comparisons, Scores(evidence.performance), self.labels),
            fewest_people=FEWEST_PEOPLE,
            fewest_of_group=FEWEST_OF_GROUP,
            looks=evidence.looks,
            terms=_term_rows(evidence.terms),
            terms_note=evidence.terms_note,
            further_sets=[(own.name, own.note, _term_rows(own.terms)) for own in evidence.further_sets],
            further_atlases=[
                name.removeprefix(_ATLAS)
                for name in page.tables
                if name.startswith(_ATLAS) and name != _ATLAS.removesuffix("_") + DETAILS
            ],
            warnings=evidence.warnings,
            recovery=evidence.recovery,
            config=choices.config,
            choices=choices.governed,
            protocol=choices.protocol,
            simulated=choices.simulated,
            provenance=self.provenance,
            costs=self.costs,
            made=self.made,
            **words,
        )


def _by_part(summary: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Parts with their sentences, in their order."""
    parts = summary.groupby("part", sort=False)["sentence"].agg(list)
    return list(parts.items())


def _shown_width(png: bytes) -> int:
    """Pixels on the page of a figure: as wide, beside one of two columns, as in print; 0 where its size is not said."""
    place = png.find(b"pHYs")
    if place < 0:
        return 0
    # IHDR comes first
    pixels, per_metre = (int.from_bytes(png[start : start + 4], "big") for start in (16, place + 4))
    return round(_WIDEST * 1000 * pixels / per_metre / TWO_COLUMNS)


def _html_table(table: pd.DataFrame) -> Markup:
    """A table with escaped cells; long ones scroll."""
    html = table.to_html(index=False, border=0, na_rep="", escape=True, float_format=lambda value: f"{value:.4g}")
    return Markup(f'<div class="scroll">{html}</div>')


def _p_value(p: float) -> str:
    if pd.isna(p):
        return NOT_KNOWN
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _unless_few(nothing: Sequence[str], cells: Sequence[str]) -> list[str]:
    """The cells, but for those in whose place `few` says something."""
    return [instead or cell for instead, cell in zip(nothing, cells, strict=True)]


def _confound_rows(confounds: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    nothing = [few(people) for people in confounds["people"]]
    return pd.DataFrame(
        {
            "Model": [labels[model] for model in confounds["model"]],
            "Partial R² of the confounds": _unless_few(nothing, confounds["partial_r2"].map("{:.3f}".format)),
            "p": _unless_few(nothing, confounds["p"].map(_p_value)),
            "People": confounds["people"],
        }
    )


def _comparison_rows(comparisons: pd.DataFrame, scores: Scores, labels: Mapping[str, str]) -> pd.DataFrame:
    """The holdout first; p is Holm's, among the models of the same people and group."""
    ordered = comparisons.sort_values(["split", "group"], key=lambda column: column.map(_ORDER), kind="stable")
    nothing = [scores.few(*pair) for pair in zip(ordered["other"], ordered["split"], strict=True)]
    bounds = zip(ordered["difference"], ordered["low"], ordered["high"], strict=True)
    words = scores.words
    differences = [with_interval(*own, words.difference, words.factor) for own in bounds]
    tests = {test: column for test, column in _TESTS.items() if words.grouped or column != "mcnemar"}
    return pd.DataFrame(
        {
            "Against": [labels[model] for model in ordered["other"]],
            "People": ordered["split"].map(_UNSEEN),
            "Corrected among": ordered["group"].map(_GROUPS),
            f"Difference in {'points' if words.grouped else words.name} [95 % interval]": _unless_few(
                nothing, differences
            ),
            **{
                f"{test} p (Holm)": _unless_few(nothing, ordered[f"{column}_p_holm"].map(_p_value))
                for test, column in tests.items()
            },
        }
    )


def _term_rows(terms: pd.DataFrame, count: int = 15) -> pd.DataFrame:
    """The first terms of all components' genes together, against each background."""
    together = terms[terms["component"] == ALL_COMPONENTS].sort_values(["primary", "p"], ascending=[False, True])
    own = together.groupby("background", sort=False).head(count)
    p_values = {title: own[name].map(small) for title, name in _TERM_P.items()}
    return pd.DataFrame(
        {
            "Source": own["source"],
            "Term": own["term"],
            "Genes": own["genes"].str.replace(";", ", "),
            **p_values,
            "Draws of the null": own["draws"],
            "Term size": own["term_size"],
            "Background": own["background"],
        }
    )
