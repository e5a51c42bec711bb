"""Fill the report's template."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from cgni.figures.model_names import model_label


@dataclass(frozen=True)
class Report:
    """Everything that the page shows; no participant ids are among it.

    Attributes
    ----------
    figures : name to PNG bytes; captions : name to text.
    tables : name to a table of strings (table1 ... table5, attrition, summary).
    choices : key governed by the protocol to the value in force.
    provenance : see `provenance.origins`; costs : see `provenance.job_costs`.
    """

    template: str
    figures: Mapping[str, bytes]
    captions: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]
    lineage: pd.DataFrame
    confounds: pd.DataFrame
    comparisons: pd.DataFrame
    terms: pd.DataFrame
    recovery: pd.DataFrame | None
    config: str
    choices: Mapping[str, Any]
    protocol: str
    simulated: bool
    provenance: Sequence[Mapping[str, Any]]
    costs: pd.DataFrame

    def render(self) -> str:
        """The HTML page, with images inside and no request to anywhere."""
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        environment.filters["table"] = _html_table
        return environment.from_string(self.template).render(
            images={name: base64.b64encode(data).decode() for name, data in self.figures.items()},
            captions=self.captions,
            tables=self.tables,
            leaky=not bool(self.lineage["clean"].all()),
            fits=int(self.lineage["people"].gt(0).sum()),
            lineage=self.lineage,
            confounds=_confound_rows(self.confounds),
            comparisons=_comparison_rows(self.comparisons),
            terms=_term_rows(self.terms),
            recovery=self.recovery,
            config=self.config,
            choices=self.choices,
            protocol=self.protocol,
            simulated=self.simulated,
            provenance=self.provenance,
            costs=self.costs,
        )


def _html_table(table: pd.DataFrame) -> Markup:
    """A table with escaped cells; long ones scroll."""
    html = table.to_html(index=False, border=0, na_rep="", escape=True, float_format=lambda value: f"{value:.4g}")
    return Markup(f'<div class="scroll">{html}</div>')


def _p_value(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _confound_rows(confounds: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Model": confounds["model"].map(model_label),
            "Partial R² of the confounds": confounds["partial_r2"].map("{:.3f}".format),
            "p": confounds["p"].map(_p_value),
            "People": confounds["people"],
        }
    )


def _comparison_rows(comparisons: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Against": comparisons["other"].map(model_label),
            "People": comparisons["split"].map({"validation": "out of fold", "holdout": "holdout"}),
            "Difference (points)": (100 * comparisons["difference"]).map("{:+.1f}".format),
            "95 % interval": [
                f"{100 * a:.1f} to {100 * b:.1f}" for a, b in zip(comparisons["low"], comparisons["high"], strict=True)
            ],
            "Bootstrap p (Holm)": comparisons["bootstrap_p_holm"].map(_p_value),
            "McNemar p (Holm)": comparisons["mcnemar_p_holm"].map(_p_value),
        }
    )


def _term_rows(terms: pd.DataFrame, count: int = 15) -> pd.DataFrame:
    names = ["Source", "Term", "Genes", "p", "p Bonferroni", "p BH", "Term size", "Background"]
    if terms.empty:
        return pd.DataFrame(columns=names)
    together = terms[terms["component"] == -1].sort_values(["primary", "p"], ascending=[False, True])
    own = together.groupby("background", sort=False).head(count)
    rows = zip(
        own["source"], own["term"], own["genes"].str.replace(";", ", "), own["p"].map("{:.2g}".format),
        own["p_bonferroni"].map("{:.2g}".format), own["p_bh"].map("{:.2g}".format), own["term_size"], own["background"],
        strict=True,
    )  # fmt: skip
    return pd.DataFrame(rows, columns=names)
