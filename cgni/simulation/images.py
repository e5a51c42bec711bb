"""The gray-matter maps of a simulated cohort."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.seeds import derive_seed
from cgni.simulation import maps
from cgni.simulation.settings import SimulationSettings


@dataclass(frozen=True)
class SimulatedImages:
    """Everything that the maps are drawn from; they are drawn one at a time, because together they fill the memory.

    Attributes
    ----------
    anatomy : template, atlas and grid.
    planted : the regions with effects (`schemas.REGIONS`).
    people : `schemas.people_schema`.
    multipliers : float [people, regions], relative density.
    with_image : int, rows of the people who have a map.
    spoilt : row to the kind of defect of the outlying maps.
    site_gain : site to its scanner's factor.
    noise : relative size of the smooth variation over voxels.
    seed : the study's.
    """

    anatomy: maps.Anatomy
    planted: pd.DataFrame
    people: pd.DataFrame
    multipliers: np.ndarray
    with_image: np.ndarray
    spoilt: dict[int, str]
    site_gain: dict[int, float]
    noise: float
    seed: int

    @property
    def defects(self) -> pd.DataFrame:
        """The outlying maps (`schemas.IMAGES`)."""
        ids = self.people["participant_id"]
        rows = [(ids.iat[row], kind) for row, kind in sorted(self.spoilt.items())]
        return pd.DataFrame(rows, columns=["participant_id", "defect"])

    def draw(self) -> Iterator[tuple[str, np.ndarray]]:
        """Participant id and map, float32 [x, y, z], one person after the other."""
        for row in self.with_image:
            person = self.people.iloc[row]
            rng = np.random.default_rng(derive_seed(self.seed, "simulation", "map", int(row)))
            gain = self.site_gain[person["site"]]
            density = maps.draw_map(self.anatomy, self.multipliers[row], person["head_size"], gain, self.noise, rng)
            if row in self.spoilt:
                density = maps.spoil_map(density, self.spoilt[row], rng)
            yield person["participant_id"], density

    def write(self, folder: str | Path) -> pd.DataFrame:
        """Write one `.nii.gz` a person into a new folder.

        Returns
        -------
        DataFrame
            participant_id and path, relative to the folder's parent.
        """
        folder = Path(folder)
        folder.mkdir(parents=True)
        rows = []
        for participant_id, density in self.draw():
            name = f"{participant_id}_smwc1.nii.gz"
            maps.write_map(density, self.anatomy.affine, folder / name)
            rows.append((participant_id, f"{folder.name}/{name}"))
        return pd.DataFrame(rows, columns=["participant_id", "path"])


def simulate_images(
    people: pd.DataFrame, atlas: str | Path, settings: SimulationSettings, seed: int
) -> SimulatedImages:
    """Plant region effects of the factors and draw who has a map, which maps are spoilt, and the sites' gains.

    Parameters
    ----------
    people : true confounds and factors of everybody (`schemas.people_schema`).
    atlas : label image in MNI space.
    settings : effect_scale and the part `images` are read.
    seed : the study's.

    Raises
    ------
    InputError
        More regions are to be planted than the grid has large ones.
    """
    images = settings.images
    rng = np.random.default_rng(derive_seed(seed, "simulation", "images"))
    factors = people.filter(regex="^factor_").to_numpy()
    anatomy = maps.build_anatomy(images.voxel_mm, atlas)
    planted = maps.choose_regions(anatomy, factors.shape[1], images, rng)
    multipliers = maps.region_multipliers(anatomy, planted, factors, people, settings, rng)
    with_image = np.flatnonzero(rng.random(len(people)) >= images.without_image)
    outliers = rng.choice(with_image, images.outliers, replace=False)
    return SimulatedImages(
        anatomy=anatomy,
        planted=planted,
        people=people,
        multipliers=multipliers,
        with_image=with_image,
        spoilt={int(row): "noisy" if number % 2 else "shifted" for number, row in enumerate(outliers)},
        site_gain={site: 1 + images.site_gain * rng.standard_normal() for site in sorted(people["site"].unique())},
        noise=images.noise,
        seed=seed,
    )
