"""What makes the density of a region: planted factors, small genetic effects, confounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.simulation.maps import Anatomy
from cgni.simulation.settings import SimulatedImagesSettings, SimulationSettings
from cgni.simulation.traits import MIDDLE_AGE


@dataclass(frozen=True)
class ConfoundEffects:
    """What confounds do to each region.

    Attributes
    ----------
    age, age_squared : float [regions], relative loss a decade, and by the squared decades from 63.5 years.
    cline : float [regions], correlation of the region's own variation with the cline.
    sites : site to float [regions], relative shifts.
    """

    age: np.ndarray
    age_squared: np.ndarray
    cline: np.ndarray
    sites: dict[int, np.ndarray]

    def table(self, regions: np.ndarray) -> pd.DataFrame:
        """One row a region and cause (`schemas.REGION_EFFECTS`)."""
        causes = {"age": self.age, "age_squared": self.age_squared, "cline": self.cline}
        causes |= {f"site_{site}": shifts for site, shifts in self.sites.items()}
        rows = [pd.DataFrame({"region": regions, "cause": cause, "size": size}) for cause, size in causes.items()]
        return pd.concat(rows, ignore_index=True)


def choose_regions(
    anatomy: Anatomy, factors: int, settings: SimulationSettings, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw distinct regions for each factor: region, factor, sign, loading (signed, as scaled).

    Raises
    ------
    InputError
        Fewer regions of `min_region_voxels` voxels on the grid than are to be planted.
    """
    images = settings.images
    wanted, min_voxels = factors * images.regions_per_factor, images.min_region_voxels
    sizes = np.array([(anatomy.labels == region).sum() for region in anatomy.regions])
    large = rng.permutation(anatomy.regions[sizes >= min_voxels])
    if len(large) < wanted:
        raise InputError(
            f"simulation.images: {wanted} regions are to be planted, but only {len(large)} have {min_voxels} voxels "
            "on this grid; lower min_region_voxels or regions_per_factor, or use a finer voxel_mm"
        )
    signs = rng.choice([-1.0, 1.0], wanted)
    return pd.DataFrame(
        {
            "region": large[:wanted],
            "factor": np.repeat(np.arange(factors), images.regions_per_factor),
            "sign": signs,
            "loading": signs * images.loading * settings.brain_scale,
        }
    )


def draw_confound_effects(
    regions: int, sites: Sequence[int], images: SimulatedImagesSettings, rng: np.random.Generator
) -> ConfoundEffects:
    """Sizes from half to one and a half of their mean; signs of the cline's and shifts of the sites at random."""
    age = images.age_loss * rng.uniform(0.5, 1.5, regions)
    age_squared = images.age_squared_loss * rng.uniform(0.5, 1.5, regions)
    cline = images.cline_effect * rng.uniform(0.5, 1.5, regions) * rng.choice([-1.0, 1.0], regions)
    shifts = {site: images.site_region * rng.standard_normal(regions) for site in sites}
    return ConfoundEffects(age, age_squared, cline, shifts)


def region_multipliers(
    own: np.ndarray,
    planted: pd.DataFrame,
    effects: ConfoundEffects,
    people: pd.DataFrame,
    images: SimulatedImagesSettings,
    rng: np.random.Generator,
) -> np.ndarray:
    """Relative density of each region, float [people, regions], about 1.

    A region varies by `region_variation` times a variable of unit variance: the polygenic score, the cline and noise,
    of which a planted region's factor takes its share. Age, sex, ancestry and site shift it.

    Parameters
    ----------
    own : float [people, regions], polygenic scores, of variance below 1.
    planted : column (of `own`), factor, loading.
    effects : of the confounds on the regions.
    people : age, sex, site, population, cline and factors of each.
    images : region_variation, sex_effect and ancestry_effect are read.
    """
    noise = np.sqrt(np.clip(1 - own.var(axis=0), 0, None))
    varying = own + noise * rng.standard_normal(own.shape)
    cline = people["cline"].to_numpy()[:, None]
    varying = effects.cline * cline + np.sqrt(1 - effects.cline**2 * (cline != 0)) * varying
    for row in planted.itertuples():
        factor = people[f"factor_{row.factor}"].to_numpy()
        varying[:, row.column] = row.loading * factor + np.sqrt(1 - row.loading**2) * varying[:, row.column]
    decades = (people["age"].to_numpy()[:, None] - MIDDLE_AGE) / 10
    loss = decades * effects.age + decades**2 * effects.age_squared
    sex, population = people["sex"].to_numpy(), people["population"].to_numpy()
    shifts = images.sex_effect * (sex - 0.5) - images.ancestry_effect * population
    of_site = np.zeros_like(varying)
    for site, shift in effects.sites.items():
        of_site[people["site"].to_numpy() == site] = shift
    relative: np.ndarray = 1 + images.region_variation * varying - loss + shifts[:, None] + of_site
    return relative
