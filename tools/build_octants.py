"""Write resources/atlases/octants: the eight parts into which the planes through the anterior commissure cut the brain.

python -m tools.build_octants

Their voxels are those of SPM's box (MNI space, 6 mm). An atlas without a licence, to try a further atlas with.
"""

import itertools
from pathlib import Path

import nibabel as nib
import numpy as np

from cgni.imaging.grids import spm_grid

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources/atlases/octants"
_VOXEL_MM = 6.0
_SIDES = (("Left", "Right"), ("Posterior", "Anterior"), ("Inferior", "Superior"))


def octants() -> tuple[nib.Nifti1Image, str]:
    """Label image, int16 from 1 to 8, and its table `index name`."""
    grid = spm_grid(_VOXEL_MM)
    places = nib.affines.apply_affine(grid.affine, np.moveaxis(np.indices(grid.shape), 0, -1))
    above = (places >= 0).astype(np.int16)  # of the origin, the anterior commissure, along x, y and z
    labels = 1 + 4 * above[..., 0] + 2 * above[..., 1] + above[..., 2]
    names = ["_".join(sides) for sides in itertools.product(*_SIDES)]
    image = nib.Nifti1Image(labels.astype(np.int16), grid.affine)
    image.set_sform(grid.affine, code="mni")
    return image, "".join(f"{number} {name}\n" for number, name in enumerate(names, start=1))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    made, table = octants()
    nib.save(made, FOLDER / "octants.nii.gz")
    (FOLDER / "octants.txt").write_text(table)
