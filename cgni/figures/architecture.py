"""Fig. 2: the networks with the sizes that they have in this study."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgni.base.views import GENETICS, IMAGING
from cgni.contrastive.terms import encoder_spec
from cgni.figures.boxes import Box, arrow, sheet
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import SMALLEST_PT
from cgni.pretraining.cnn import block_shapes

_HEIGHT_MM, _TOP, _BOTTOM = 66.0, 63.0, 25.0
# left edge and width of the stages' boxes
_INPUT, _NETWORK, _FEATURES, _ENCODER, _USE = (2, 28), (35, 34), (74, 21), (100, 29), (136, 36)
_FEATURE_WORDS = {
    "imaging": "h_v",
    "genetics": "SNPs",
    "imaging_embedding": "z_v",
    "genetics_embedding": "z_g",
    "imaging_cleaned": "h_v without confounds",
    "genetics_cleaned": "SNPs without confounds",
}


@dataclass(frozen=True)
class NetworkSizes:
    """What the networks of a study look like.

    Attributes
    ----------
    grid : voxels of the maps along x, y, z; empty: features come from a table.
    blocks : (channels, x, y, z) after each block of the imaging network; empty as `grid` is.
    features, snps : length of h_v (or of the table's features), and number of SNPs.
    encoders : widths of each view's encoder, the latent space last.
    head, head_sees : hidden widths of the proposed model's head, and its feature sets.
    outputs : of the head.
    terms : the loss terms in force, in words.
    """

    grid: Sequence[int]
    blocks: Sequence[Sequence[int]]
    features: int
    snps: int
    encoders: Mapping[str, Sequence[int]]
    head: Sequence[int]
    head_sees: Sequence[str]
    outputs: int
    terms: str


def network_sizes(
    grid: Sequence[int],
    convolutions: tuple[Sequence[int], int],
    columns: int,
    snps: int,
    encoders: tuple[Mapping[str, Sequence[int]], Sequence[int]],
    head: tuple[Sequence[int], Sequence[str]],
    outputs: int,
) -> NetworkSizes:
    """The sizes that follow from a grid and the settings.

    Parameters
    ----------
    grid
        Voxels of the maps; empty: imaging features come from a table of `columns`.
    convolutions
        Channels of the imaging network's blocks, and the edge of its kernels.
    encoders
        Widths of each view's encoder, and the numbers of the loss terms that they are trained on.
    head
        Hidden widths of the proposed model's head, and its feature sets.
    """
    blocks = block_shapes(grid, *convolutions) if grid else []
    features = math.prod(blocks[-1]) if blocks else columns
    layers, terms = encoders
    return NetworkSizes(grid, blocks, features, snps, layers, *head, outputs, encoder_spec(terms).label)


def fit_people(lineage: pd.DataFrame, encoders: str, head: str) -> dict[str, int]:
    """What people are for to how many a fold's fit had, the least of the folds.

    Parameters
    ----------
    lineage
        `audit.schemas.LINEAGE_SUMMARY`.
    encoders, head
        Names of the encoders and of the model on them.
    """
    fitted = lineage[lineage["use"] == "fit"].groupby("rule")["people"].min()
    rules = {
        "brain age": "pretrain_brain_age",
        "fine-tuning": "finetune_outcome",
        "encoders": f"train_contrastive_{encoders}",
        "head": f"train_classifier_{head}",
    }
    return {name: int(fitted[rule]) for name, rule in rules.items() if rule in fitted.index}


def architecture(sizes: NetworkSizes, people: Mapping[str, int]) -> Figure:
    """Fig. 2: both views from left to right, what joins them, and what is made of them.

    Parameters
    ----------
    people
        What people are for ("brain age", ...) to how many they are.
    """
    figure, axes = sheet(TWO_COLUMNS, _HEIGHT_MM)
    if sizes.grid:
        first, network = [_times(sizes.grid) + " voxels"], [f"block {n}: {_block(b)}" for n, b in _numbered(sizes)]
        upper = [Box(["Gray-matter map", *first]), Box(["Imaging network", *network])]
        places = [_INPUT, _NETWORK]
    else:
        upper, places = [Box(["Table of imaging", "features"])], [_INPUT]
    words = "h_v" if sizes.grid else "Features"
    upper += [Box([words, f"{sizes.features:,}"]), Box(["Encoder e_v", *_widths(sizes.encoders[IMAGING])])]
    lower = [Box(["SNPs", f"n = {sizes.snps:,}"]), Box(["Encoder e_g", *_widths(sizes.encoders[GENETICS])])]
    _lane(axes, upper, [*places, _FEATURES, _ENCODER], _TOP)
    _lane(axes, lower, [_INPUT, _ENCODER], _BOTTOM)
    _middle(axes, upper[-1], sizes)
    _uses(axes, sizes)
    told = "; ".join(f"{name} n = {count:,}" for name, count in people.items())
    axes.text(
        2, 4, f"People whom a fold is fitted on, the least of the folds: {told}", va="center", fontsize=SMALLEST_PT
    )
    return figure


def _numbered(sizes: NetworkSizes) -> list[tuple[int, Sequence[int]]]:
    return list(enumerate(sizes.blocks, start=1))


def _block(shape: Sequence[int]) -> str:
    return f"{shape[0]} × {_times(shape[1:])}"


def _times(grid: Sequence[int]) -> str:
    return "×".join(map(str, grid))


def _widths(layers: Sequence[int]) -> list[str]:
    """Hidden widths, and the latent space."""
    hidden = [f"{' → '.join(map(str, layers[:-1]))} →"] if len(layers) > 1 else []
    return [*hidden, f"latent: {layers[-1]}"]


def _lane(axes: Axes, boxes: Sequence[Box], places: Sequence[tuple[int, int]], top: float) -> None:
    """Boxes beside each other with arrows between."""
    y = top - 5
    for number, (box, (left, width)) in enumerate(zip(boxes, places, strict=True)):
        box.draw(axes, left, top, width)
        if number:
            before, wide = places[number - 1]
            arrow(axes, (before + wide, y), (left, y))


def _middle(axes: Axes, encoder: Box, sizes: NetworkSizes) -> None:
    """The loss between the two encoders."""
    left, width = _ENCODER
    loss = Box(["Contrastive loss", f"terms {sizes.terms}"])
    loss.draw(axes, left, _BOTTOM + 14, width)
    x = left + width / 2
    arrow(axes, (x, _TOP - encoder.height), (x, _BOTTOM + 14), "<|-|>")
    arrow(axes, (x, _BOTTOM), (x, _BOTTOM + 14 - loss.height), "<|-|>")


def _uses(axes: Axes, sizes: NetworkSizes) -> None:
    """Sparse CCA of both embeddings, and the head on what it sees."""
    left, width = _USE
    start = _ENCODER[0] + _ENCODER[1]
    cca = Box(["Sparse CCA of z_v, z_g,", "occlusion of regions", "and SNPs"])
    top = _BOTTOM + 17
    cca.draw(axes, left, top, width)
    arrow(axes, (start, _TOP - 5), (left, top - 3))
    arrow(axes, (start, _BOTTOM - 3), (left, top - cca.height + 2))
    sees = " + ".join(_FEATURE_WORDS.get(name, name) for name in sizes.head_sees)
    outputs = "2 outputs: low, high" if sizes.outputs > 1 else "1 output"
    layers = " → ".join(map(str, sizes.head))
    head = Box(["Classifier" if sizes.outputs > 1 else "Regression", f"sees {sees}", layers, outputs]).wrapped(width)
    head.draw(axes, left, _BOTTOM, width)
    arrow(axes, (start, _BOTTOM - 5), (left, _BOTTOM - 5))
