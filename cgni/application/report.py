"""The page of an application: drift first, then scores."""

from collections.abc import Mapping
from typing import Any

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from cgni.application.replication import replication_summary

# columns of the replication's table on the page, and counts in its first sentence
_SHOWN = ["kind", "component", "name", "target", "n_study", "estimate_study", "n", "estimate", "low", "high"]
_SHOWN += ["p_replication", "replicated", "power", "p_size", "pooled", "pooled_low", "pooled_high"]
_COUNTED = {"estimated": "estimated", "same": "same_direction", "replicated": "replicated"}


def render_page(template: str, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> str:
    """One self-contained page without participant ids.

    Parameters
    ----------
    template
        Jinja text (`resources/application.html.j2`).
    tables
        drift, scores, reliability, components, ages, attrition, replication.
    facts
        Plain values: outcome (its label), people, folds, manifest, continuous.
    """
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["table"] = _html
    drift = tables["drift"]
    tables = {**tables, "drift": drift.assign(drifted=np.where(drift["drifted"], "yes", ""))}
    claims = tables["replication"]
    kinds = replication_summary(claims)
    kinds, claims = (own.assign(kind=own["kind"].str.replace("_", " ")) for own in (kinds, claims))
    scores = tables["scores"]
    tables = {**tables, "claim_kinds": kinds, "claims": claims[_SHOWN]}
    tables["scores"] = scores.assign(metric=scores["metric"].str.replace("_", " "))
    facts = {**facts, "claims": len(claims), "expected": float(kinds["expected"].sum())}
    facts |= {name: int(kinds[column].sum()) for name, column in _COUNTED.items()}
    shown = {name: table.rename(columns=lambda column: column.replace("_", " ")) for name, table in tables.items()}
    return environment.from_string(template).render(tables=shown, drifted=int(drift["drifted"].sum()), **facts)


def age_summary(ages: pd.DataFrame) -> pd.DataFrame:
    """Errors of the mean brain age among those whose age is known; nothing for fewer than 2 people."""
    own = ages[(ages["fold"] == -1) & ages["age"].notna()]
    gap = own["brain_age"] - own["age"]
    if len(own) < 2:
        return pd.DataFrame(columns=["measure", "value"])
    rows = [("people", len(own)), ("mean absolute error (years)", gap.abs().mean()), ("mean gap (years)", gap.mean())]
    return pd.DataFrame([*rows, ("r", own["brain_age"].corr(own["age"]))], columns=["measure", "value"])


def _html(table: pd.DataFrame) -> Markup:
    html = table.to_html(index=False, border=0, na_rep="", escape=True, float_format=_number)
    return Markup(f'<div class="scroll">{html}</div>')


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
