"""Fig. 3: regions on the brain."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import nibabel as nib
import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from nilearn.datasets import load_mni152_template
from nilearn.image import resample_img

from cgni.figures.style import DECREASE, INCREASE


def region_contributions(
    contributions: pd.DataFrame, labels: np.ndarray, affine: np.ndarray, label_of: Mapping[str, int]
) -> Figure:
    """Fig. 3: called regions on the MNI brain, red = increase, blue = decrease, one row a component.

    Without a called region in a component its row shows the plain brain and says so.
    """
    components = sorted(contributions["component"].unique())
    background, fine = _on_common_grid(labels, affine)
    slices = [14, 22, 29, 36, 44, 53]
    figure = plt.figure(figsize=(1.75 * len(slices), 2.6 * len(components) + 0.5))
    panels = figure.subfigures(len(components), 1, squeeze=False)[:, 0]
    for panel, component in zip(panels, components, strict=True):
        part = contributions[(contributions["component"] == component) & contributions["called"]]
        painted = np.zeros(fine.shape, np.int8)
        for region in part.itertuples():
            painted[fine == label_of[region.feature]] = {"increase": 2, "decrease": 1}.get(region.direction, 0)
        for axis, z in zip(panel.subplots(1, len(slices)), slices, strict=True):
            axis.imshow(background[:, :, z].T, origin="lower", cmap="gray", vmin=0, vmax=1.1)
            overlay = np.ma.masked_equal(painted[:, :, z].T, 0)
            axis.imshow(overlay, origin="lower", cmap=ListedColormap([DECREASE, INCREASE]), vmin=1, vmax=2, alpha=0.75)
            axis.set_axis_off()
            axis.set_title(f"z = {2 * z - 72:d} mm", fontsize=8, fontweight="normal")
        names = ", ".join(part.sort_values("z", key=abs, ascending=False)["feature"].str.replace("_", " ").head(5))
        more = f" and {len(part) - 5} more" if len(part) > 5 else ""
        text = f"Component {component}: {names + more if names else 'no region called'}"
        panel.suptitle(text, x=0.01, ha="left", fontsize=9)
    handles = [plt.Line2D([], [], marker="s", linestyle="", color=colour) for colour in (INCREASE, DECREASE)]
    figure.legend(
        handles, ["more gray matter with better WM", "less gray matter with better WM"],
        loc="outside upper center", ncols=2, fontsize=9,
    )  # fmt: skip
    return figure


def _on_common_grid(labels: np.ndarray, affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """MNI template and labels on a common 2 mm grid; index 36 along z is 0 mm."""
    shape = (91, 109, 91)
    target = np.diag([2.0, 2.0, 2.0, 1.0])
    target[:3, 3] = (-90, -126, -72)
    options = {"copy_header": True, "force_resample": True}
    template = resample_img(load_mni152_template(resolution=2), target, shape, **options).get_fdata()
    atlas = nib.Nifti1Image(labels.astype(np.int16), affine)
    fine = resample_img(atlas, target, shape, interpolation="nearest", **options).get_fdata()
    return template / template.max(), np.rint(fine).astype(int)
