"""Fig. 3: called regions on the brain, drawn by nilearn."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import nibabel as nib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from nilearn import plotting
from nilearn.datasets import load_mni152_template

from cgni.base.views import IMAGING
from cgni.contributions.called import consensus, subspace
from cgni.figures.print_sizes import TWO_COLUMNS
from cgni.figures.style import DECREASE, INCREASE, SMALLEST_PT, STAMP_MM, in_words, printed
from cgni.imaging.atlas import Atlas

_CUTS = 7
_ROW_MM, _HEAD_MM, _BAR_MM = 34.0, 7.0, 14.0
_TITLE_LETTERS = 90
_SIGNS = {"increase": 1.0, "decrease": -1.0}
SIGNED = LinearSegmentedColormap.from_list(
    "signed",
    [(0.0, DECREASE), (0.499, "#86abdb"), (0.501, "#ffc3a8"), (1.0, INCREASE)],  # no colour is the brain's
)
NOTHING = "No region is called in any component (n = {count:,} regions tested): there is no brain to colour."
MAGNITUDE = "Absolute contribution (mean region = 1), by sign against the imaging variate"


@dataclass(frozen=True)
class PaintedComponent:
    """What is called in a component, on the atlas's own grid.

    Attributes
    ----------
    number : of the component.
    called : consensus rows (`contributions.schemas.CONTRIBUTIONS`), strongest first.
    image : share of each called region by the sign of its direction; 0 elsewhere.
    cuts : MNI z of axial cuts (mm), ascending, chosen such that every called region is cut where it is wide.
    """

    number: int
    called: pd.DataFrame
    image: nib.Nifti1Image
    cuts: list[float]

    @property
    def title(self) -> str:
        """The component with the names of its strongest called regions."""
        names, title = list(self.called["feature"].str.replace("_", " ")), f"Component {self.number}: "
        shown = 1
        while shown < len(names) and len(", ".join(names[: shown + 1])) <= _TITLE_LETTERS:
            shown += 1
        more = len(names) - shown
        return title + ", ".join(names[:shown]) + (f" and {more} more" if more else "")


def painted_components(contributions: pd.DataFrame, atlas: Atlas, affine: np.ndarray) -> list[PaintedComponent]:
    """Those components in which a region of the atlas is called.

    Parameters
    ----------
    contributions
        `contributions.schemas.CONTRIBUTIONS`.
    atlas
        On a grid of its own.
    affine
        float64 [4, 4], voxel of that grid to MNI millimetres.
    """
    regions = consensus(contributions, IMAGING)
    label_of = {name: label for label, name in atlas.names.items()}
    # by place, because labels may be as large as the Allen atlas's
    known, where = np.unique(atlas.labels, return_inverse=True)
    found = []
    for number, own in regions[regions["called"]].groupby("component"):
        called = own.sort_values("share", ascending=False, kind="stable")
        values = np.zeros(len(known), np.float32)
        for region in called.itertuples():
            sign = _SIGNS.get(region.direction, np.sign(region.z))
            values[np.searchsorted(known, label_of[region.feature])] = sign * region.share
        image = nib.Nifti1Image(values[where].reshape(atlas.labels.shape), affine)  # type: ignore[no-untyped-call]
        places = np.isin(atlas.labels, [label_of[name] for name in called["feature"]])
        cuts = _cuts(np.where(places, atlas.labels, 0), affine)
        found.append(PaintedComponent(int(str(number)), called, image, cuts))
    return found


def region_contributions(contributions: pd.DataFrame, atlas: Atlas, affine: np.ndarray) -> Figure:
    """Fig. 3: called regions on the MNI brain, one row a component that has any; words where nothing is called.

    The parameters are those of `painted_components`.
    """
    tested = consensus(contributions, IMAGING)["feature"].nunique()
    painted = painted_components(contributions, atlas, affine)
    together = int(subspace(contributions, IMAGING)["called"].sum())
    if not painted:
        more = f" {together} are called in the components together (Table 5)." if together else ""
        return in_words(NOTHING.format(count=tested) + more, TWO_COLUMNS)
    height = (_ROW_MM + _HEAD_MM) * len(painted) + _BAR_MM + STAMP_MM
    figure = plt.figure(figsize=printed(TWO_COLUMNS, height))
    top = largest(painted)
    height = figure.get_figheight() * 25.4
    row = (height - _BAR_MM - STAMP_MM) / len(painted)
    for number, component in enumerate(painted):
        below = height - STAMP_MM - (number + 1) * row
        figure.text(0.01, (below + row - 0.6 * _HEAD_MM) / height, component.title, va="center", fontweight="bold")
        axes = figure.add_axes((0.0, below / height, 1.0, (row - _HEAD_MM) / height))
        _brain_row(axes, component, top)
    bar = figure.add_axes((0.3, (_BAR_MM - 5.5) / height, 0.4, 2.5 / height))
    figure.colorbar(ScalarMappable(Normalize(-top, top), SIGNED), cax=bar, orientation="horizontal")
    bar.set_xlabel(f"{MAGNITUDE}; n = {tested:,} regions tested", fontsize=SMALLEST_PT)
    figure.set_layout_engine("none")  # nilearn places its axes itself
    return figure


def largest(painted: list[PaintedComponent]) -> float:
    """The largest share of a called region: the end of the colours."""
    return float(max(component.called["share"].max() for component in painted))


def _brain_row(axes: Axes, component: PaintedComponent, top: float) -> None:
    """Axial cuts through the called regions, with left and right as they are seen from above."""
    display = plotting.plot_stat_map(
        component.image,
        bg_img=load_mni152_template(resolution=1),
        display_mode="z",
        cut_coords=component.cuts,
        axes=axes,
        annotate=False,
        colorbar=False,
        black_bg=False,
        threshold=1e-6,
        vmax=top,
        cmap=SIGNED,
        resampling_interpolation="nearest",
    )
    display.annotate(size=SMALLEST_PT)


def _cuts(labels: np.ndarray, affine: np.ndarray) -> list[float]:
    """z (mm) of planes that together cut each label where it is widest, as far as so few planes can."""
    names = np.unique(labels[labels > 0])
    areas = np.stack([(labels == name).sum((0, 1)) for name in names]).astype(float)
    widths = areas / areas.max(1, keepdims=True)
    shown = np.zeros(len(names))
    chosen: list[int] = []
    gap = max(round(4 / abs(affine[2, 2])), 1)  # planes closer than 4 mm show the same
    free = np.ones(areas.shape[1], dtype=bool)
    while len(chosen) < _CUTS and (free & (areas.sum(0) > 0)).any():
        gain = np.where(free, np.maximum(widths - shown[:, None], 0).sum(0) + 1e-6 * areas.sum(0), -1.0)
        best = int(gain.argmax())
        chosen.append(best)
        shown = np.maximum(shown, widths[:, best])
        free[max(best - gap + 1, 0) : best + gap] = False
    return sorted(float(affine[2, 2] * plane + affine[2, 3]) for plane in chosen)
