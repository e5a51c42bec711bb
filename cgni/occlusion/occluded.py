"""The occluded people of a fold with their features, as a file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cgni.base.arrays import read_arrays
from cgni.base.files import atomic_path


@dataclass(frozen=True, eq=False)
class RegionFeatures:
    """One fold's people with their features, intact and without each region.

    Attributes
    ----------
    ids : participant ids, sorted.
    names, sizes : of the regions; voxels on the grid.
    means : float64 [people, regions], mean gray matter.
    intact : float32 [people, features].
    occluded : float32 [people, regions, features].
    """

    ids: np.ndarray
    names: np.ndarray
    sizes: np.ndarray
    means: np.ndarray
    intact: np.ndarray
    occluded: np.ndarray

    def save(self, path: str | Path) -> None:
        """Write plain arrays, without pickling."""
        with atomic_path(path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, **{name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, path: str | Path) -> "RegionFeatures":
        """Read what `save` wrote; InputError when it is not there as a whole."""
        return cls(**read_arrays(path, *cls.__dataclass_fields__))
