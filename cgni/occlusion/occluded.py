"""The occluded people of a fold with what is occluded, as a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from cgni.base.arrays import read_arrays
from cgni.base.files import atomic_path

# names of the files
REGIONS, COLUMNS = "region_features.npz", "table_columns.npz"


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


@dataclass(frozen=True, eq=False)
class TableColumns:
    """One fold's people whose features of a table are occluded one by one; the values are those of the fold's views.

    Attributes
    ----------
    ids : participant ids, sorted.
    columns : names of the features, in the order of the view's columns.
    """

    ids: np.ndarray
    columns: np.ndarray

    def save(self, path: str | Path) -> None:
        """Write plain arrays, without pickling."""
        with atomic_path(path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, ids=self.ids, columns=self.columns)

    @classmethod
    def load(cls, path: str | Path) -> "TableColumns":
        """Read what `save` wrote; InputError when it is not there as a whole."""
        return cls(**read_arrays(path, "ids", "columns"))


Occluded: TypeAlias = RegionFeatures | TableColumns


def load_occluded(path: str | Path) -> Occluded:
    """What a fold's rule wrote, `occlude_regions` or `choose_occluded_people`, by the name of its file."""
    kinds: dict[str, type[RegionFeatures] | type[TableColumns]] = {REGIONS: RegionFeatures, COLUMNS: TableColumns}
    return kinds[Path(path).name].load(path)
