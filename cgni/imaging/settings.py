"""Settings of the gray-matter maps: quality control and the packed store."""

from typing import Literal

from cgni.base.settings import AUTO, Section, section, setting


@section("imaging.qc")
class ImageQcSettings(Section):
    """Which maps stay."""

    mask_threshold: float = setting(default=0.1, above=0, below=1)
    """gray-matter probability of the MNI template that bounds the mask"""
    correlation: float = setting(default=AUTO, at_least=-1, below=1)
    """keep images whose r with the reference over the whole image is above"""
    deviations: float | None = setting(default=AUTO, above=0)
    """keep images whose r inside the mask is less than so many deviations below the median (1.4826 times the median
    absolute deviation, of the reference people); null: r inside the mask decides nothing"""


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


@section("imaging.t1")
class T1Settings(Section):
    """From T1 images to maps."""

    engine: Literal["ants", "cat12", "spm12", "command"] = setting(default="ants")
    """ants: in this workflow; cat12, spm12, command: the site's own program, by `command`"""
    command: str | None = setting(default=None)
    """for a batch of people; {images} stands for the paths of their T1 images, {list} for a file of these paths, a line
    each, {folder} for the folder they lie in. null: cat12's standalone batch"""
    outputs: str | None = setting(default=None)
    """where the command leaves a map below {folder}: {name} stands for the image's name without .nii. null: cat12
    mri/mwp1{name}.nii, spm12 smwc1{name}.nii"""
    smoothed: bool = setting(default=False)
    """whether the maps of the command's own `outputs` are smoothed already; without them the engine's are known"""
    voxel_mm: float = setting(default=1.5, at_least=1, at_most=6)
    """voxels of the maps over SPM's box; 1.5 gives 121 x 145 x 121"""
    batch: int = setting(default=100, at_least=1)
    """people of a job"""
    session: str = setting(default="first", pattern="^[A-Za-z0-9]+$")
    """of a BIDS folder: first, last, or the label of the session that counts"""
    most_failed: float = setting(default=0.1, at_least=0, at_most=1)
    """share of images without a map above which the study stops"""


@section("imaging")
class ImagingSettings(Section):
    """Gray-matter maps."""

    source: Literal["maps", "t1", "ukb_vbm"] = setting(default="maps")
    """what inputs.images names. maps: modulated gray matter in MNI space, smoothed; t1: T1-weighted images of heads;
    ukb_vbm: UK Biobank's archives of field 20252, with the maps of its own pipeline in them"""
    smooth_mm: float = setting(default=6.0, at_least=0, at_most=20)
    """full width at half maximum of the smoothing, of sources t1 and ukb_vbm"""
    t1: T1Settings = setting(default=T1Settings())
    qc: ImageQcSettings = setting(default=ImageQcSettings())
    store: StoreSettings = setting(default=StoreSettings())
