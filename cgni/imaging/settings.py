"""Settings of the gray-matter maps: quality control and the packed store."""

from typing import Literal

from cgni.base.settings import AUTO, Section, section, setting


@section("imaging.qc")
class ImageQcSettings(Section):
    """Which maps stay."""

    mask_threshold: float = setting(default=0.1, above=0, below=1)
    """gray-matter probability of the MNI template that bounds the mask"""
    correlation: float = setting(default=AUTO, at_least=-1, below=1)
    """keep images whose r with the reference is above"""


@section("imaging.store")
class StoreSettings(Section):
    """The packed store of all maps."""

    dtype: Literal["float16", "float32", "uint8"] = setting(default="float16")
    """float16 (relative error 4.9e-4), uint8 (error of a map's maximum / 510), or float32"""
    grid: str | float = setting(
        default="common",
        schema={"oneOf": [{"type": "string", "minLength": 1}, {"type": "number", "minimum": 0.5, "maximum": 20}]},
    )
    """common: the grid most images share; the path of an image that has the wanted grid; or the voxel size in mm over
    SPM's box (1.5 gives 121 x 145 x 121)"""


@section("imaging")
class ImagingSettings(Section):
    """Gray-matter maps."""

    qc: ImageQcSettings = setting(default=ImageQcSettings())
    store: StoreSettings = setting(default=StoreSettings())
