"""Fig. 3: regions on the brain."""

import matplotlib.pyplot as plt
import nibabel as nib
import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from nilearn.datasets import load_mni152_template
from nilearn.image import resample_img

from cgni.base.views import IMAGING
from cgni.contributions.called import consensus
from cgni.figures.style import DECREASE, INCREASE
from cgni.imaging.atlas import Atlas

_SLICES = [14, 22, 29, 36, 44, 53]  # along z of the common grid
_PAINT = {"increase": 2, "decrease": 1}


def region_contributions(contributions: pd.DataFrame, atlas: Atlas, affine: np.ndarray) -> Figure:
    """Fig. 3: called regions on the MNI brain by their sign against the variate, one row a component.

    Without a called region in a component its row shows the plain brain and says so.

    Parameters
    ----------
    contributions
        `contributions.schemas.CONTRIBUTIONS`; the consensus of the regions is shown.
    atlas
        On the grid of the maps.
    affine
        float64 [4, 4], voxel of that grid to MNI millimetres.
    """
    regions = consensus(contributions, IMAGING)
    components = sorted(regions["component"].unique())
    label_of = {name: label for label, name in atlas.names.items()}
    background, fine = _on_common_grid(atlas.labels, affine)
    figure = plt.figure(figsize=(1.75 * len(_SLICES), 2.6 * len(components) + 0.5))
    panels = figure.subfigures(len(components), 1, squeeze=False)[:, 0]
    for panel, component in zip(panels, components, strict=True):
        called = regions[(regions["component"] == component) & regions["called"]]
        painted = np.zeros(fine.shape, np.int8)
        for region in called.itertuples():
            painted[fine == label_of[region.feature]] = _PAINT.get(region.direction, 0)
        _slices(panel, background, painted)
        panel.suptitle(f"Component {component}: {_strongest(called)}", x=0.01, ha="left", fontsize=9)
    handles = [Line2D([], [], marker="s", linestyle="", color=colour) for colour in (INCREASE, DECREASE)]
    meanings = [f"{sign} sign against the imaging variate" for sign in ("positive", "negative")]
    figure.legend(handles, meanings, loc="outside upper center", ncols=2, fontsize=9)
    return figure


def _slices(panel: SubFigure, background: np.ndarray, painted: np.ndarray) -> None:
    """Axial cuts side by side: the brain in gray, painted voxels over it."""
    colours = ListedColormap([DECREASE, INCREASE])
    for axis, z in zip(panel.subplots(1, len(_SLICES)), _SLICES, strict=True):
        axis.imshow(background[:, :, z].T, origin="lower", cmap="gray", vmin=0, vmax=1.1)
        overlay = np.ma.masked_equal(painted[:, :, z].T, 0)
        axis.imshow(overlay, origin="lower", cmap=colours, vmin=1, vmax=2, alpha=0.75)
        axis.set_axis_off()
        axis.set_title(f"z = {2 * z - 72:d} mm", fontsize=8, fontweight="normal")


def _strongest(called: pd.DataFrame, count: int = 5) -> str:
    """Names of the regions with the largest |z|, and how many more there are."""
    if called.empty:
        return "no region called"
    names = called.sort_values("z", key=abs, ascending=False)["feature"].str.replace("_", " ").head(count)
    more = f" and {len(called) - count} more" if len(called) > count else ""
    return ", ".join(names) + more


def _on_common_grid(labels: np.ndarray, affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """MNI template and labels on a common 2 mm grid; index 36 along z is 0 mm."""
    shape = (91, 109, 91)
    target = np.diag([2.0, 2.0, 2.0, 1.0])
    target[:3, 3] = (-90, -126, -72)
    options = {"copy_header": True, "force_resample": True}
    template = resample_img(load_mni152_template(resolution=2), target, shape, **options).get_fdata()
    atlas = nib.Nifti1Image(labels.astype(np.int16), affine)  # type: ignore[no-untyped-call]
    fine = resample_img(atlas, target, shape, interpolation="nearest", **options).get_fdata()
    return template / template.max(), np.rint(fine).astype(int)
