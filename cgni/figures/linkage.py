"""Linkage among the SNPs of called blocks."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import INCREASE, SMALLEST_PT, in_words, printed

_MOST_SNPS = 110
_LETTERS = 16
NOTHING = "No LD block is called in any component (n = 0): there is no linkage of claims to show."
_NO_GENE = "no gene"


def called_blocks(blocks: pd.DataFrame) -> pd.DataFrame:
    """Called blocks, each once, along the genome: block, chrom, start, members, called_snps (lists), genes.

    `blocks` is `contributions.schemas_claims.BLOCKS`; a block that is called in several components has the called SNPs
    of all of them.
    """
    called = blocks[blocks["called"]]
    if called.empty:
        return pd.DataFrame(columns=["block", "chrom", "start", "members", "called_snps", "genes"])
    rows = []
    for name, own in called.groupby("block", sort=False):
        first = own.iloc[0]
        snps = sorted({snp for cell in own["called_snps"] for snp in cell.split(";") if snp})
        place = (int(first["chrom"]) if first["chrom"].isdigit() else 100, int(first["start"]))
        genes = sorted({gene for cell in own["genes"] for gene in cell.split(";") if gene})
        rows.append((name, *place, first["members"].split(";"), snps, genes))
    table = pd.DataFrame(rows, columns=["block", "chrom", "start", "members", "called_snps", "genes"])
    return table.sort_values(["chrom", "start"]).reset_index(drop=True)


def claimed_snps(blocks: pd.DataFrame) -> list[str]:
    """The SNPs of called blocks (`contributions.schemas_claims.BLOCKS`), along the genome."""
    return [snp for members in called_blocks(blocks)["members"] for snp in members]


def development_genotypes(genotypes: pd.DataFrame, splits: pd.DataFrame) -> pd.DataFrame:
    """Allele counts of development people, without ids.

    Parameters
    ----------
    genotypes
        participant_id and a column a SNP.
    splits
        `cohort.schemas`.
    """
    development = splits.loc[splits["role"] == "development", "participant_id"]
    own = genotypes[genotypes["participant_id"].isin(development)]
    return own.drop(columns="participant_id").reset_index(drop=True)


def linkage(blocks: pd.DataFrame, genotypes: pd.DataFrame) -> Figure:
    """r² of the SNPs of called blocks with several SNPs, framed a block; a mark at each called SNP.

    Parameters
    ----------
    blocks
        `contributions.schemas_claims.BLOCKS`.
    genotypes
        Allele counts of development people, a column a SNP (variant_id), missing where a count is; no ids.
    """
    called = called_blocks(blocks)
    if called.empty:
        return in_words(NOTHING, TWO_COLUMNS)
    several = called[called["members"].map(len) > 1]
    if several.empty:
        return in_words(
            f"All n = {len(called)} called LD blocks are single SNPs: there is no linkage to show.", TWO_COLUMNS
        )
    sizes = several["members"].map(len).cumsum()
    shown = several[(sizes <= _MOST_SNPS) | (sizes == sizes.iloc[0])]
    snps = [snp for members in shown["members"] for snp in members]
    counts = genotypes[snps].astype(float)
    r2 = counts.corr().to_numpy() ** 2  # pairs of counts that are there
    figure, axes = plt.subplots(figsize=printed(TWO_COLUMNS, 150))
    colours = LinearSegmentedColormap.from_list("r2", ["white", "#9db8dd", "#123f7a"])
    drawn = axes.imshow(r2, cmap=colours, vmin=0, vmax=1, interpolation="nearest")
    figure.colorbar(drawn, ax=axes, shrink=0.6, label="r² of the allele counts")
    _frame_blocks(axes, shown)
    on = [place for place, snp in enumerate(snps) if snp in {s for own in shown["called_snps"] for s in own}]
    axes.plot(on, on, "^", color=INCREASE, markersize=2.5, label="called SNP")
    singles, left = len(called) - len(several), len(several) - len(shown)
    words = f"n = {len(counts):,} development people; {len(called)} called blocks, {singles} of them of one SNP"
    axes.set_title(words + (f", {left} more are not drawn" if left else ""), fontweight="normal")
    axes.legend(loc="lower left")
    return figure


def _frame_blocks(axes: Axes, shown: pd.DataFrame) -> None:
    """A square round each block, with its genes beside it."""
    start, ticks = 0, []
    for members in shown["members"]:
        square = Rectangle((start - 0.5, start - 0.5), len(members), len(members), fill=False, edgecolor="black")
        square.set_linewidth(0.6)
        axes.add_patch(square)
        ticks.append(start + (len(members) - 1) / 2)
        start += len(members)
    names = [_short(genes) for genes in shown["genes"]]
    axes.set_yticks(ticks, [f"{name} (chr {chrom})" for name, chrom in zip(names, shown["chrom"], strict=True)])
    axes.set_xticks([])
    axes.tick_params(length=0)
    for label in axes.get_yticklabels():
        label.set(fontsize=SMALLEST_PT)


def _short(genes: list[str]) -> str:
    if not genes:
        return _NO_GENE
    text = genes[0] if len(genes[0]) <= _LETTERS else genes[0][: _LETTERS - 1] + "…"
    return text + (f" +{len(genes) - 1}" if len(genes) > 1 else "")
