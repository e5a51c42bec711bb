"""What is claimed of SNPs, of directions, and of the publication's genes and regions."""

import pandas as pd

from cgni.base.views import IMAGING, REGION_WORDS, FeatureWords
from cgni.figures.cells import NO_CLAIM, NOT_KNOWN, YES_NO, few, in_words, number, small, with_interval

# as the files spell them; the modules that write them are not imported: a table does not follow their code
_OUT_OF_FOLD, _HOLDOUT = "out_of_fold", "holdout"
_ALL = "ALL"  # the row of an overlap
_CLAIMS = (
    "Component",
    "LD block",
    "Position",
    "Genes",
    "SNPs called (of the block)",
    "Lead SNP",
    "Partial r with the imaging variate, out of fold",
    "p",
    "q (blocks over components)",
    "p beside stronger claims",
    "SNPs in credible sets",
    "Best SNP (posterior probability)",
)
_DIRECTIONS = (
    "Of",
    "On",
    "Partial r [95 % interval], out of fold",
    "Direction, out of fold",
    "q, out of fold",
    "Pairs with more gray matter",
    "Partial r [95 % interval], holdout",
)
_ON_OUTCOME = {
    "allele_outcome": "minor allele of {name}",
    "region_outcome": "gray matter of {name}",
    "variate_outcome": "{name} variate of component {component}",
}
_GRAY_MATTER = "gray matter"
_NO_PAIR = "minor alleles on {matter}: there is no called SNP and called {feature}"


def claims_table(blocks: pd.DataFrame, credible: pd.DataFrame, rsids: pd.Series) -> pd.DataFrame:
    """One row a claim: a called block of linked SNPs, and where in it the effect may lie.

    Parameters
    ----------
    blocks, credible
        `contributions.schemas_claims.BLOCKS` (of significant components alone) and `CREDIBLE`.
    rsids
        rs number by variant id.
    """
    claims = blocks[blocks["called"]].sort_values(["component", "q", "p", "block"])
    if claims.empty:
        nothing = "no LD block is called" if len(blocks) else NO_CLAIM
        return in_words(_CLAIMS, nothing)
    names = Names(rsids)
    rows = [
        (
            str(row.component),
            row.block,
            f"{row.chrom}:{row.start}-{row.end}",
            row.genes.replace(";", ", ") + (" (one SNP of several)" if row.shared else ""),
            f"{len(row.called_snps.split(';'))} of {row.snps}",
            names[row.lead],
            number(row.r, "+.2f"),
            small(row.p),
            small(row.q),
            small(row.p_conditional),
            *_credible(credible[(credible["component"] == row.component) & (credible["block"] == row.block)], names),
        )
        for row in claims.itertuples()
    ]
    return pd.DataFrame(rows, columns=_CLAIMS)


def directions_table(
    directions: pd.DataFrame, rsids: pd.Series, label: str, words: FeatureWords = REGION_WORDS
) -> pd.DataFrame:
    """Directions with intervals: genes' minor alleles on gray matter; alleles, regions and variates on the outcome.

    The first is the publication's statement: minor alleles go with less gray matter, except those of STAU1.

    Parameters
    ----------
    directions
        `contributions.schemas_claims.DIRECTIONS`.
    rsids
        rs number by variant id.
    label
        Name of the outcome.
    """
    names, rows = Names(rsids), []
    one, several, of_table = words.one[IMAGING], words.several[IMAGING], words != REGION_WORDS
    on = f"the called {several}" if of_table else f"{_GRAY_MATTER} of the called {several}"
    beside_of = _by_key(directions, "gene_region", _HOLDOUT)
    for key, own in _by_key(directions, "gene_region", _OUT_OF_FOLD).items():
        pairs = f"{own['positive']:.0f} of {own['pairs']}"
        rows.append((f"minor alleles of {key[1]}", on, *_estimates(own, beside_of.get(key), pairs)))
    if not rows:
        matter = several if of_table else _GRAY_MATTER
        rows.append((NOT_KNOWN, _NO_PAIR.format(matter=matter, feature=one), *[""] * 5))
    for kind, of in _ON_OUTCOME.items():
        beside_of = _by_key(directions, kind, _HOLDOUT)
        for key, own in _by_key(directions, kind, _OUT_OF_FOLD).items():
            component, feature = key
            name = names[feature] if kind == "allele_outcome" else feature.replace("_", " ")
            text = "{name}" if of_table and kind == "region_outcome" else of
            rows.append((text.format(name=name, component=component), label, *_estimates(own, beside_of.get(key), "")))
    titles = [title.replace(f"more {_GRAY_MATTER}", "larger values") if of_table else title for title in _DIRECTIONS]
    return pd.DataFrame(rows, columns=titles)


def estimates_on_outcome(directions: pd.DataFrame, kind: str) -> dict[str, str]:
    """Feature to its out-of-fold estimate on the outcome, with interval; `kind`: allele_outcome or region_outcome."""
    own = directions[(directions["kind"] == kind) & (directions["people"] == _OUT_OF_FOLD)]
    return {row["feature"]: _cell(row) for _, row in own.iterrows()}


def published_table(published: pd.DataFrame) -> pd.DataFrame:
    """The publication's genes and regions with what this study says of them; each kind's overlap comes first.

    `published`: `contributions.schemas_claims.PUBLISHED`.
    """
    rows = []
    for kind, own in published.groupby("kind"):
        whole = own[own["name"] == _ALL].iloc[0]
        rows.append((kind, f"all {len(own) - 1}", f"{whole['published_tested']:.0f}", _overlap(whole), "", "", ""))
        for row in own[own["name"] != _ALL].itertuples():
            agrees = NOT_KNOWN if pd.isna(row.agrees) else YES_NO[bool(row.agrees)]
            found = NOT_KNOWN if pd.isna(row.direction_found) else row.direction_found
            called = (YES_NO[bool(row.tested)], YES_NO[bool(row.called)])
            rows.append((kind, row.name.replace("_", " "), *called, found, row.direction_published, agrees))
    columns = ("Kind", "Published", "Tested here", "Called here", "Gray matter here", "Gray matter published", "Agrees")
    return pd.DataFrame(rows, columns=columns)


class Names:
    """What readers see of a variant id: its rs number, where it has one."""

    def __init__(self, rsids: pd.Series) -> None:
        self._known = rsids.dropna().to_dict()

    def __getitem__(self, variant_id: str) -> str:
        return str(self._known.get(variant_id, variant_id))


def _credible(own: pd.DataFrame, names: Names) -> tuple[str, str]:
    """Sizes of a block's credible sets, and the likeliest SNP of each; of the block where there is no set."""
    sets = own[own["set"] > 0]
    leads = sets[sets["lead"]].sort_values("set") if len(sets) else own.nlargest(1, "pip")
    sizes = ", ".join(str(size) for size in sets.groupby("set").size()) if len(sets) else "no set"
    return sizes, ", ".join(f"{names[row.variant_id]} ({row.pip:.2f})" for row in leads.itertuples())


def _by_key(directions: pd.DataFrame, kind: str, people: str) -> dict[tuple[int, str], pd.Series]:
    """Rows of a kind by component (0: of no single one) and feature, in their order."""
    own = directions[(directions["kind"] == kind) & (directions["people"] == people)]
    components = own["component"].fillna(0).astype(int)
    return {(key, row["feature"]): row for key, (_, row) in zip(components, own.iterrows(), strict=True)}


def _estimates(own: pd.Series, beside: pd.Series | None, pairs: str) -> tuple[str, ...]:
    """Cells of an estimate out of fold and in the holdout."""
    holdout = NOT_KNOWN if beside is None else _cell(beside)
    if nothing := few(own["n"]):
        return nothing, nothing, nothing, pairs, holdout
    return _cell(own), str(own["direction"]), small(own["q"]), pairs, holdout


def _cell(row: pd.Series) -> str:
    return few(row["n"]) or with_interval(row["estimate"], row["low"], row["high"], "+.2f")


def _overlap(whole: pd.Series) -> str:
    """The overlap of called with published names, in words."""
    own = f"{whole['published_called']:.0f} of {whole['published_tested']:.0f}"
    text = f"{own} (of all tested {whole['all_called']:.0f} of {whole['all_tested']:.0f}"
    return text + (")" if pd.isna(whole["p"]) else f"; p {small(whole['p'])})")
