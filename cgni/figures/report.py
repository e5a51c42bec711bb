"""Fill the report's template."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from cgni.enrichment.schemas import ALL_COMPONENTS

_UNSEEN = {"validation": "out of fold", "holdout": "holdout"}


@dataclass(frozen=True)
class Page:
    """What the page is filled with.

    Attributes
    ----------
    template : Jinja text of the page.
    figures : name to PNG bytes; captions : name to text.
    tables : name to a table of strings (table1 ... table5, rules, attrition, summary).
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
            tables={path.stem: pd.read_csv(path, keep_default_na=False) for path in map(Path, tables)},
        )


@dataclass(frozen=True)
class Evidence:
    """Tables that stand in the report alone; no participant ids are among them.

    Attributes
    ----------
    lineage, confounds, recovery : `audit.schemas`; recovery is None where nothing was planted.
    comparisons : `classification.schemas`; terms : `enrichment.schemas`.
    """

    lineage: pd.DataFrame
    confounds: pd.DataFrame
    comparisons: pd.DataFrame
    terms: pd.DataFrame
    recovery: pd.DataFrame | None


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


@dataclass(frozen=True)
class Report:
    """Everything that the page shows.

    Attributes
    ----------
    labels : model name to what readers see.
    provenance : see `provenance.origins`; costs : see `provenance.job_costs`.
    """

    page: Page
    evidence: Evidence
    choices: Choices
    labels: Mapping[str, str]
    provenance: Sequence[Mapping[str, Any]]
    costs: pd.DataFrame

    def render(self) -> str:
        """The HTML page, with images inside and no request to anywhere."""
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        environment.filters["table"] = _html_table
        page, evidence, choices = self.page, self.evidence, self.choices
        return environment.from_string(page.template).render(
            images={name: base64.b64encode(data).decode() for name, data in page.figures.items()},
            captions=page.captions,
            tables=page.tables,
            leaky=not bool(evidence.lineage["clean"].all()),
            fits=int(evidence.lineage["people"].gt(0).sum()),
            lineage=evidence.lineage,
            confounds=_confound_rows(evidence.confounds, self.labels),
            comparisons=_comparison_rows(evidence.comparisons, self.labels),
            terms=_term_rows(evidence.terms),
            recovery=evidence.recovery,
            config=choices.config,
            choices=choices.governed,
            protocol=choices.protocol,
            simulated=choices.simulated,
            provenance=self.provenance,
            costs=self.costs,
        )


def _html_table(table: pd.DataFrame) -> Markup:
    """A table with escaped cells; long ones scroll."""
    html = table.to_html(index=False, border=0, na_rep="", escape=True, float_format=lambda value: f"{value:.4g}")
    return Markup(f'<div class="scroll">{html}</div>')


def _p_value(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _confound_rows(confounds: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Model": [labels[model] for model in confounds["model"]],
            "Partial R² of the confounds": confounds["partial_r2"].map("{:.3f}".format),
            "p": confounds["p"].map(_p_value),
            "People": confounds["people"],
        }
    )


def _comparison_rows(comparisons: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    bounds = zip(comparisons["low"], comparisons["high"], strict=True)
    return pd.DataFrame(
        {
            "Against": [labels[model] for model in comparisons["other"]],
            "People": comparisons["split"].map(_UNSEEN),
            "Difference (points)": (100 * comparisons["difference"]).map("{:+.1f}".format),
            "95 % interval": [f"{100 * low:.1f} to {100 * high:.1f}" for low, high in bounds],
            "Bootstrap p (Holm)": comparisons["bootstrap_p_holm"].map(_p_value),
            "McNemar p (Holm)": comparisons["mcnemar_p_holm"].map(_p_value),
        }
    )


def _term_rows(terms: pd.DataFrame, count: int = 15) -> pd.DataFrame:
    """The first terms of all components' genes together, against each background."""
    together = terms[terms["component"] == ALL_COMPONENTS].sort_values(["primary", "p"], ascending=[False, True])
    own = together.groupby("background", sort=False).head(count)
    p_values = {name: own[name].map("{:.2g}".format) for name in ("p", "p_bonferroni", "p_bh")}
    return pd.DataFrame(
        {
            "Source": own["source"],
            "Term": own["term"],
            "Genes": own["genes"].str.replace(";", ", "),
            "p": p_values["p"],
            "p Bonferroni": p_values["p_bonferroni"],
            "p BH": p_values["p_bh"],
            "Term size": own["term_size"],
            "Background": own["background"],
        }
    )
