"""The gray-matter maps of a simulated cohort, or the T1 images of which they can be made."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from cgni.base.seeds import derive_seed
from cgni.imaging.writing import write_map
from cgni.simulation import maps
from cgni.simulation.polygenic import EqtlSnps, polygenic_scores
from cgni.simulation.regions import choose_regions, draw_confound_effects, region_multipliers
from cgni.simulation.settings import SimulatedImagesSettings, SimulationSettings
from cgni.simulation.t1_images import SCANNER_SPACE, Scanner, Subject
from cgni.simulation.traits import HIGH_DIGITS, LOW_DIGITS


@dataclass(frozen=True)
class SimulatedImages:
    """Everything that the images are drawn from; they are drawn one at a time, because together they fill the memory.

    Attributes
    ----------
    anatomy : template, atlas and grid.
    planted : the regions with effects (`schemas.REGIONS`).
    confounds : what confounds do to regions (`schemas.REGION_EFFECTS`).
    polygenic : small effects of the SNPs on regions (`schemas.POLYGENIC`).
    people : `schemas.people_schema`.
    multipliers : float [people, regions], relative density.
    with_image : int, rows of the people who have an image.
    spoilt : row to the kind of defect of the outlying images.
    site_gain : site to its scanner's factor.
    noise : relative size of the smooth variation over voxels.
    seed : the study's.
    scanner : what takes T1 images; None: the images are maps.
    """

    anatomy: maps.Anatomy
    planted: pd.DataFrame
    confounds: pd.DataFrame
    polygenic: pd.DataFrame
    people: pd.DataFrame
    multipliers: np.ndarray
    with_image: np.ndarray
    spoilt: dict[int, str]
    site_gain: dict[int, float]
    noise: float
    seed: int
    scanner: Scanner | None = None

    @property
    def defects(self) -> pd.DataFrame:
        """The outlying images (`schemas.IMAGES`)."""
        ids = self.people["participant_id"]
        rows = [(ids.iat[row], kind) for row, kind in sorted(self.spoilt.items())]
        return pd.DataFrame(rows, columns=["participant_id", "defect"])

    def draw(self) -> Iterator[tuple[str, np.ndarray]]:
        """Participant id and image, float32 [x, y, z], one person after the other."""
        for row in self.with_image:
            yield self.people["participant_id"].iat[row], self._map(row) if self.scanner is None else self._t1(row)

    def density(self, row: int) -> np.ndarray:
        """The map of the person in a row as it is before anything spoils it, float32 [x, y, z]."""
        return self._density(row)[0]

    def _density(self, row: int) -> tuple[np.ndarray, np.random.Generator]:
        person = self.people.iloc[row]
        rng = np.random.default_rng(derive_seed(self.seed, "simulation", "map", int(row)))
        gain = self.site_gain[person["site"]]
        return maps.draw_map(self.anatomy, self.multipliers[row], person["head_size"], gain, self.noise, rng), rng

    def _map(self, row: int) -> np.ndarray:
        density, rng = self._density(row)
        return maps.spoil_map(density, self.spoilt[row], rng) if row in self.spoilt else density

    def _t1(self, row: int) -> np.ndarray:
        person = self.people.iloc[row]
        rng = np.random.default_rng(derive_seed(self.seed, "simulation", "t1", int(row)))
        gain, defect = self.site_gain[person["site"]], self.spoilt.get(row)
        return self.scanner.image(Subject(self.multipliers[row], person["head_size"], gain, self.noise, defect), rng)  # type: ignore[union-attr]

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
        if self.scanner is None:
            ending, affine, space = "smwc1", self.anatomy.affine, None
        else:
            ending, affine, space = "T1w", self.scanner.affine, SCANNER_SPACE
        for participant_id, values in self.draw():
            name = f"{participant_id}_{ending}.nii.gz"
            write_map(values, affine, folder / name, space)
            rows.append((participant_id, f"{folder.name}/{name}"))
        return pd.DataFrame(rows, columns=["participant_id", "path"])


def simulate_images(
    people: pd.DataFrame, snps: EqtlSnps, atlas: str | Path, settings: SimulationSettings, seed: int
) -> SimulatedImages:
    """Plant region effects of the factors and draw who has an image, which are spoilt, and the sites' gains.

    Parameters
    ----------
    people : true confounds, WM and factors of everybody (`schemas.people_schema`).
    snps : true genotypes of the same people.
    atlas : label image in MNI space.
    settings : the scale of effects on regions and the part `images` are read.
    seed : the study's.

    Raises
    ------
    InputError
        More regions are to be planted than the grid has large ones.
    """
    images = settings.images
    rng = np.random.default_rng(derive_seed(seed, "simulation", "images"))
    anatomy = maps.build_anatomy(images.voxel_mm, atlas)
    planted = choose_regions(anatomy, people.filter(regex="^factor_").shape[1], settings, rng)
    sites = sorted(people["site"].unique())
    effects = draw_confound_effects(len(anatomy.regions), sites, images, rng)
    small = np.random.default_rng(derive_seed(seed, "simulation", "polygenic", "regions"))
    share, names = images.polygenic_share * settings.brain_scale**2, [f"region {label}" for label in anatomy.regions]
    scores, polygenic = polygenic_scores(snps, names, share, small)
    columns = planted.assign(column=np.searchsorted(anatomy.regions, planted["region"]))
    multipliers = region_multipliers(scores, columns, effects, people, images, rng)
    imaged = rng.random(len(people)) >= chance_of_no_image(people, images)
    with_image = np.flatnonzero(imaged & people["member"].to_numpy())
    outliers = rng.choice(with_image, images.outliers, replace=False)
    return SimulatedImages(
        anatomy=anatomy,
        planted=planted,
        confounds=effects.table(anatomy.regions),
        polygenic=polygenic,
        people=people,
        multipliers=multipliers,
        with_image=with_image,
        spoilt={int(row): "noisy" if number % 2 else "shifted" for number, row in enumerate(outliers)},
        site_gain={site: 1 + images.site_gain * rng.standard_normal() for site in sites},
        noise=images.noise,
        seed=seed,
        scanner=Scanner.of(atlas, anatomy.regions, images.t1_mm) if images.kind == "t1" else None,
    )


def chance_of_no_image(people: pd.DataFrame, images: SimulatedImagesSettings) -> np.ndarray:
    """Each person's chance of having no image, float [people].

    Its mean is `without_image`; its log odds rise by `missing_not_at_random` a SD of old age and low WM together.
    With `extremes_only` it is 1 in people of neither WM group.

    Parameters
    ----------
    people : age, wm_liability and wm_score of each.
    images : without_image, missing_not_at_random and extremes_only are read.
    """
    share = images.without_image
    burden = _standard(_standard(people["age"]) - _standard(people["wm_liability"]))
    odds = images.missing_not_at_random * burden
    chance = np.full(len(people), share)
    if share > 0:
        chance = expit(odds + brentq(lambda offset: expit(odds + offset).mean() - share, -50, 50))
    score = people["wm_score"].to_numpy()
    middle = (score > LOW_DIGITS) & (score < HIGH_DIGITS)
    return np.where(images.extremes_only & middle, 1.0, chance)


def _standard(values: pd.Series) -> pd.Series:
    return (values - values.mean()) / values.std()
