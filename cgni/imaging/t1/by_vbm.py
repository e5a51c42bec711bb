"""Maps of UK Biobank's own pipeline, out of its archives: smoothed, on their own grid."""

from cgni.imaging.reading import UnusableImageError
from cgni.imaging.t1.answer import Answer
from cgni.imaging.t1.archives import read_source
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.smoothing import smoothed_map
from cgni.imaging.writing import MNI, write_map


class VbmMaker:
    """Smooths the maps of the archives by `smooth_mm`."""

    def __init__(self, smooth_mm: float) -> None:
        self._smooth_mm = smooth_mm

    def make(self, path: str, places: Places) -> Answer:
        """Write the smoothed map of the archive at `path`, or say why there is none."""
        try:
            read = read_source(path, "ukb_vbm")
        except UnusableImageError as problem:
            return Answer(reason=str(problem), again=True)
        values, measures = smoothed_map(read.values, read.affine, self._smooth_mm)
        write_map(values, read.affine, places.map, MNI)
        return Answer(measures=measures)
