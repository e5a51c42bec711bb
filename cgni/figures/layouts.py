"""How tables are shown: at most eight columns, the others behind them; captions and labels for LaTeX."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cgni.contrastive.terms import TERMS

MOST_COLUMNS = 8
DETAILS = "_details"  # behind the name of a table, of its whole


@dataclass(frozen=True)
class Layout:
    """A table as readers first see it.

    Attributes
    ----------
    caption : a sentence, without what differs between studies.
    columns : patterns of whole names of the columns that are shown, in their order; each finds one column or, in
        studies of another kind, none. Nothing: all.
    """

    caption: str
    columns: Sequence[str] = ()

    def shown(self, table: pd.DataFrame) -> pd.DataFrame:
        """The columns of the table that are shown first.

        Raises
        ------
        ValueError
            A pattern that finds several columns, or more than eight of them.
        """
        if not self.columns:
            return table
        found: list[str] = []
        for pattern in self.columns:
            own = [name for name in table.columns if re.fullmatch(pattern, name)]
            if len(own) > 1:
                raise ValueError(f"{pattern} finds several columns: {own}")
            found += own
        if len(found) > MOST_COLUMNS:
            raise ValueError(f"{len(found)} columns are shown of a table: {found}")
        return table[found]


_SCORE, _SECOND = r"(Balanced accuracy %|R²) \[95 % interval\]", r"(AUC|r) \[95 % interval\]"
# what a subset's weights and scores are called; with more than four terms the last ones stand in the details
_SUBSET_COLUMNS = (
    *(rf"\({term.number}\) ." for term in TERMS),
    "Chosen",
    f"{_SCORE}, out of fold",
    rf"{_SCORE}, holdout \(descriptive\)",
    f"{_SECOND}, out of fold",
)
LAYOUTS = {
    "cohort": Layout("People with an image and genotypes."),
    "table1": Layout(
        "Models in unseen people. Holdout: mean prediction of all fold models. Out of fold: of the one fold model that "
        "has not seen the person.",
        (
            "Model",
            f"{_SCORE}, holdout",
            f"{_SECOND}, holdout",
            r"(AUC|R²) beyond confounds \[95 % interval\], holdout",
            r"(Age- and sex-matched % \[95 % interval\]|Mean absolute error), holdout",
            "Proposed minus this, holdout",
            r"p \(Holm\), holdout",
            f"{_SCORE}, out of fold",
        ),
    ),
    "table2": Layout(
        "Loss subsets with the weights of their terms.",
        _SUBSET_COLUMNS[:MOST_COLUMNS],
    ),
    "table3": Layout(
        "Components of sparse CCA: correlations of the two variates in unseen people.",
        (
            "Component",
            r"r, holdout .*",
            r"Partial r, holdout .*",
            "n, holdout",
            r"p of the partial r .*",
            "Significant",
            r"p of the whole analysis .*",
            "Partial r out of fold, .*",
        ),
    ),
    "table4": Layout(
        "Genes of the called SNPs, the strongest first.",
        (
            "Component",
            "Gene",
            r"SNPs .*",
            "Position",
            "LD blocks",
            r"z \(null\)",
            r"q \(null\)",
            r"Minor allele on .*",
        ),
    ),
    "table5": Layout(
        "Called regions, the strongest first.",
        (
            "Component",
            "(Region|Imaging feature)",
            r"Centre \(MNI, mm\)",
            r"Volume \(ml\)",
            r"z \(null\)",
            r"q \(null\)",
            "Sign against the variate",
            r"(Gray matter|Imaging feature) on .*",
        ),
    ),
    "claims": Layout(
        "Claims: called blocks of linked SNPs.",
        (
            "Component",
            "LD block",
            "Genes",
            "Lead SNP",
            "Partial r with the imaging variate, out of fold",
            r"q \(blocks over components\)",
            "SNPs in credible sets",
            r"Best SNP .*",
        ),
    ),
    "table3_folds": Layout(
        "Correlations of the folds' own models, mean ± SD over folds.",
        (
            "Component",
            "Fit people",
            "Validation",
            "Holdout",
            "Validation, partial r",
            "Label-free encoders, validation",
            "Shuffled pairs, validation",
            "Null encoders, validation",
        ),
    ),
    "increments": Layout(
        "What each model adds to the confounds.",
        (
            "Model",
            r"Gain in .*, holdout",
            r"(AUC|R²) with the model, holdout",
            r"(AUC|R²) of the confounds alone, holdout",
            "People, holdout",
            r"Gain in .*, out of fold",
            "Weighed by .*",
        ),
    ),
    "strata": Layout(
        "Scores among people alike in ancestry or age.",
        (
            "Model",
            "Alike in",
            "Stratum",
            "People, holdout",
            f"{_SCORE}, holdout",
            "People, out of fold",
            f"{_SCORE}, out of fold",
        ),
    ),
    "calibration": Layout(
        "Whether probabilities are shares, or predicted values right on average.",
        (
            "Model",
            "People",
            "Brier score",
            r"Calibration error \(ECE\)",
            "95 % of calibrated models lie below",
            "Calibrated",
            "Temperature",
            r"Slope .*",
            r"Intercept .*",
            "Root mean squared error",
            "SD of the outcome",
        ),
    ),
    "publication": Layout("As the publication prints it: balanced accuracy in percent, and correlations."),
}


def laid_out(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables as they are shown; of those that hide columns the whole beside them, as `<name>_details`."""
    found = {}
    for name, table in tables.items():
        layout = LAYOUTS.get(name)
        shown = layout.shown(table) if layout else table
        found[name] = shown
        if layout and layout.columns:
            found[name + DETAILS] = table
    return found


def caption_of(name: str) -> str:
    """The caption of a table; of one without a layout its name."""
    layout = LAYOUTS.get(name.removesuffix(DETAILS))
    return layout.caption if layout else name.replace("_", " ").capitalize() + "."
