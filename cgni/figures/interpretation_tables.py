"""Tables 4 and 5 of the publication with this run's numbers, and how well the null is calibrated."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from cgni.base.views import FEATURES, GENETICS, IMAGING, REGION_WORDS, VIEWS, FeatureWords
from cgni.contributions.called import SUBSPACE, called_features, consensus, subspace
from cgni.figures.cells import NOT_KNOWN, NOTHING_SIGNIFICANT, YES_NO, in_words, number, small
from cgni.figures.claim_tables import Names, estimates_on_outcome
from cgni.figures.region_words import region_in_words

_STABILITY = "Stability (share of folds that rank it among the strongest)"
_GENES = (
    "Component",
    "Gene",
    "SNPs (minor allele, frequency; * of several genes)",
    "Position",
    "LD blocks",
    "Claims (LD blocks called)",
    "z (null)",
    "Largest |z|",
    "p (null)",
    "q (null)",
    "Published rule",
    "Sign against the variate",
    "Minor allele on {label}, strongest SNP: partial r [95 % interval]",
    _STABILITY,
)
_REGIONS = (
    "Component",
    "Region",
    "Centre (MNI, mm)",
    "Volume (ml)",
    "Sign against the variate",
    "Gray matter on {label}: partial r [95 % interval]",
    "z",
    "z (null)",
    "p (null)",
    "q (null)",
    "Published rule",
    _STABILITY,
)
_RULES = {"called_sd": "published SD rule", "called_null": "permutation null"}
_SIGNS = {"increase": "+", "decrease": "−", "none": NOT_KNOWN}
_TOGETHER = "together"  # in the place of a component's number


def table4(
    contributions: pd.DataFrame,
    components: pd.DataFrame,
    blocks: pd.DataFrame,
    directions: pd.DataFrame,
    snp_genes: pd.DataFrame,
    variants: pd.DataFrame,
    label: str,
) -> pd.DataFrame:
    """Genes of the called SNPs per component, the strongest first; a SNP of two genes stands under both, marked.

    SNPs that are called in the significant components together and in none of them alone stand last, under `together`.
    The direct estimate on the outcome is that of the SNP with the smallest p (without one the largest |z|), in people
    whom the fold has not seen.

    Parameters
    ----------
    contributions, components
        `contributions.schemas.CONTRIBUTIONS` and `COMPONENT_TESTS`.
    blocks, directions
        `contributions.schemas_claims.BLOCKS` (of significant components alone) and `DIRECTIONS`.
    snp_genes
        variant_id, gene_id and symbol, one row a pair.
    variants
        `genetics.schemas.VARIANTS`.
    label
        Name of the outcome.
    """
    columns, smallest = _named(_GENES, label), floor_of(consensus(contributions, GENETICS)["p"])
    named = snp_genes.assign(symbol=snp_genes["symbol"].fillna(snp_genes["gene_id"]))
    called = _called(contributions, components, GENETICS).sort_values("z", key=abs, ascending=False, kind="stable")
    called = called.sort_values("p", kind="stable").merge(named, left_on="feature", right_on="variant_id")
    if called.empty:
        return in_words(columns, _nothing(components, FEATURES[GENETICS]))
    several = set(named.groupby("variant_id")["symbol"].nunique().loc[lambda genes: genes > 1].index)
    places, on_outcome = _Blocks(blocks), estimates_on_outcome(directions, "allele_outcome")
    facts, rows = SnpFacts(variants), []
    for (component, symbol), own in sorted(called.groupby(["component", "symbol"]), key=_by_strength):
        texts = [facts.text(snp) + ("*" if snp in several else "") for snp in own["feature"]]
        strongest, below = own.iloc[0]["feature"], "< " if own["p"].min() <= smallest else ""
        rows.append(
            (
                _component(component, components),
                symbol,
                ", ".join(texts),
                facts.position(strongest),
                *places.cells(component, own["feature"]),
                number(own["null_z"].max(), ".1f"),
                number(own["z"].abs().max(), ".1f"),
                below + small(own["p"].min()),
                below + small(own["q"].min()),
                YES_NO[bool(own["called_sd"].any())],
                "/".join(sorted({_SIGNS[sign] for sign in own["direction"]})),
                on_outcome.get(strongest, NOT_KNOWN),
                number(own["stability"].max(), ".0%"),
            )
        )
    return pd.DataFrame(rows, columns=columns)


def table5(
    contributions: pd.DataFrame,
    components: pd.DataFrame,
    directions: pd.DataFrame,
    label: str,
    words: FeatureWords = REGION_WORDS,
    places: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Called regions per component, the strongest first; those called in the components together alone stand last.

    Parameters
    ----------
    contributions, components
        `contributions.schemas.CONTRIBUTIONS` and `COMPONENT_TESTS`.
    directions
        `contributions.schemas_claims.DIRECTIONS`.
    label
        Name of the outcome.
    """
    titles = _named(_REGIONS, label)
    if words != REGION_WORDS:
        own = words.one[IMAGING].capitalize()
        titles = [title.replace("Region", own).replace("Gray matter", own) for title in titles]
    called = _called(contributions, components, IMAGING).sort_values("share", ascending=False, kind="stable")
    if called.empty:
        return in_words(titles, _nothing(components, words.several[IMAGING]))
    on_outcome = estimates_on_outcome(directions, "region_outcome")
    smallest = floor_of(consensus(contributions, IMAGING)["p"])
    called = called.assign(below=np.where(called["p"] <= smallest, "< ", ""))
    rows = [
        (
            _component(component, components),
            region_in_words(row.feature) if words == REGION_WORDS else row.feature,
            *_place(row.feature, places),
            _SIGNS[row.direction],
            on_outcome.get(row.feature, NOT_KNOWN),
            number(row.z, "+.1f"),
            number(row.null_z, ".1f"),
            row.below + small(row.p),
            row.below + small(row.q),
            YES_NO[bool(row.called_sd)],
            number(row.stability, ".0%"),
        )
        for (component,), own in sorted(called.groupby(["component"]), key=_last)
        for row in own.itertuples()
    ]
    return pd.DataFrame(rows, columns=titles)


def floor_of(p: pd.Series) -> float:
    """The smallest p that a permutation can give, where the smallest one here is it: all others are multiples of it.

    NaN where there is no p, or where the smallest one may still be more than the floor.
    """
    known = p.dropna()
    if known.empty or known.min() <= 0:
        return float("nan")
    multiples = known / known.min()
    whole = np.allclose(multiples, multiples.round(), rtol=0, atol=0.02)
    return float(known.min()) if whole else float("nan")


class SnpFacts:
    """What tables say of a SNP: its rs number or id, its minor allele with the frequency, its position."""

    def __init__(self, variants: pd.DataFrame) -> None:
        self._names = Names(variants.set_index("variant_id")["rsid"])
        self._of = variants.set_index("variant_id")[["chrom", "pos", "counted_allele", "maf"]].to_dict("index")

    def text(self, variant_id: str) -> str:
        """Name, and in brackets minor allele and frequency where they are known."""
        facts = self._of.get(variant_id)
        if facts is None or pd.isna(facts["maf"]):
            return self._names[variant_id]
        return f"{self._names[variant_id]} ({facts['counted_allele']}, {facts['maf']:.2f})"

    def position(self, variant_id: str) -> str:
        """Chromosome and base."""
        facts = self._of.get(variant_id)
        return NOT_KNOWN if facts is None else f"{facts['chrom']}:{facts['pos']}"


def _place(region: str, places: pd.DataFrame | None) -> tuple[str, str]:
    """Centre in mm and volume in ml; dashes where there are none."""
    if places is None or region not in places.index:
        return NOT_KNOWN, NOT_KNOWN
    x, y, z, volume = places.loc[region, ["x", "y", "z", "ml"]]
    return f"{x:.0f}, {y:.0f}, {z:.0f}", f"{volume:.1f}"


def _named(columns: Iterable[str], label: str) -> list[str]:
    return [name.format(label=label) for name in columns]


def rules_table(
    contributions: pd.DataFrame,
    components: pd.DataFrame,
    blocks: pd.DataFrame,
    calibration: pd.DataFrame,
    words: FeatureWords = REGION_WORDS,
) -> pd.DataFrame:
    """What both rules call, features counted once over components, and how the null judges itself.

    Parameters
    ----------
    contributions, components, calibration
        `contributions.schemas.CONTRIBUTIONS`, `COMPONENT_TESTS` and `CALIBRATION`.
    blocks
        `contributions.schemas_claims.BLOCKS`.
    """
    gated = f"in {int(components['gated'].sum())} significant of {len(components)} components"
    rows = []
    for view in VIEWS:
        own, whole = consensus(contributions, view), subspace(contributions, view)
        tested = own["feature"].nunique()
        for column, rule in _RULES.items():
            where = "" if column == "called_sd" else f", {gated}"
            rows.append(
                (f"{words.several[view]} called by the {rule}", str(_distinct(own, column)), f"of {tested}{where}")
            )
        together = str(_distinct(whole, "called_null")) if len(whole) else NOT_KNOWN
        rows.append((f"{words.several[view]} called in the significant components together", together, f"of {tested}"))
    claims, places = blocks.loc[blocks["called"], "block"].nunique(), blocks["block"].nunique()
    rows.append(("LD blocks called (claims)", str(claims), f"of {places}, {gated}"))
    for row in calibration.itertuples():
        title = words.one.get(row.view, f"{row.view} views")
        rows.append((f"{title}: {row.quantity}", f"{row.value:.3f}", f"expected {row.expected}"))
    return pd.DataFrame(rows, columns=["quantity", "value", "note"])


class _Blocks:
    """LD blocks by component and SNP, and which of them are called."""

    def __init__(self, blocks: pd.DataFrame) -> None:
        self._of = {
            (row.component, snp): (row.block, bool(row.called))
            for row in blocks.itertuples()
            for snp in row.members.split(";")
        }

    def cells(self, component: int, snps: Iterable[str]) -> tuple[str, str]:
        """Names of the SNPs' blocks, and how many of these are called; dashes outside significant components."""
        found = {self._of[component, snp]: None for snp in snps if (component, snp) in self._of}
        if not found:
            return NOT_KNOWN, NOT_KNOWN
        return ", ".join(block for block, _ in found), str(sum(called for _, called in found))


def _called(contributions: pd.DataFrame, components: pd.DataFrame, view: str) -> pd.DataFrame:
    """Consensus rows that are called in a component, then those called in several significant ones together alone."""
    own, whole = called_features(contributions, view), subspace(contributions, view)
    if len(_significant(components)) < 2:  # one component is its own subspace
        return own
    return pd.concat([own, whole[whole["called"] & ~whole["feature"].isin(own["feature"])]])


def _significant(components: pd.DataFrame) -> list[int]:
    return sorted(int(number) for number in components.loc[components["gated"], "component"])


def _component(component: int, components: pd.DataFrame) -> str:
    """A component's number, with a remark where it is not significant (the published rule calls there too)."""
    if component == SUBSPACE:
        return _TOGETHER
    return str(component) + ("" if component in _significant(components) else " (not significant)")


def _by_strength(group: tuple[tuple[object, ...], pd.DataFrame]) -> tuple[bool, object, float, float, object]:
    """Sorts genes by component and p, then by strength; what is called in several together comes after all of them."""
    (component, symbol), own = group
    p, strength = own["p"].fillna(1.0).min(), own["null_z"].fillna(own["z"].abs()).max()
    return component == SUBSPACE, component, float(p), -float(strength), symbol


def _last(group: tuple[tuple[object, ...], pd.DataFrame]) -> tuple[bool, tuple[object, ...]]:
    """Sorts groups by component; what is called in several together comes after all of them."""
    return group[0][0] == SUBSPACE, group[0]


def _nothing(components: pd.DataFrame, features: str) -> str:
    """Why nothing is called, in words."""
    gated = _significant(components)
    if not gated:
        return NOTHING_SIGNIFICANT
    numbers = ", ".join(str(component) for component in gated)
    return f"none of the {features} is called (significant: component {numbers})"


def _distinct(contributions: pd.DataFrame, column: str) -> int:
    """Features for which a column of truth values holds in any component."""
    return int(contributions.loc[contributions[column], "feature"].nunique())
