"""Settings of the gray-matter maps, their quality control and the packed store; of a table of features instead."""

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


_FEATURES = {
    "oneOf": [
        {"const": "all"},
        {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string", "minLength": 1}},
    ]
}


@section("imaging.table")
class TableSettings(Section):
    """Which columns of a table are imaging features, and who has enough of them."""

    id: str | None = setting(default=None)
    """column of the ids; null: eid, participant_id and names like these, or else the first column"""
    features: Literal["all"] | tuple[str, ...] = setting(default="all", schema=_FEATURES)
    """columns that are features: all but the ids, or a list of names, fields of UK Biobank, or patterns such as
    lh_*_thickness"""
    instance: int | None = setting(default=None, at_least=0, at_most=99)
    """visit whose columns (UK Biobank's 25781-2.0) or lines (a column instance) count; null: of each person the first
    of cohort.image_instances with a value"""
    most_missing: float = setting(default=0.1, at_least=0, below=1)
    """share of the features without a value above which a person is left out; the other gaps become the mean of a
    fold's training people"""
    most_unknown: float = setting(default=0.5, at_least=0, below=1)
    """share of development people without a value above which a feature is left out"""


@section("imaging")
class ImagingSettings(Section):
    """Gray-matter maps, or a table of features."""

    source: Literal["maps", "t1", "ukb_vbm", "table"] = setting(default="maps")
    """what inputs.images names. maps: modulated gray matter in MNI space, smoothed; t1: T1-weighted images of heads;
    ukb_vbm: UK Biobank's archives of field 20252, with the maps of its own pipeline in them; table: imaging features of
    people, a column each, in the place of maps and of the networks that learn from them"""
    smooth_mm: float = setting(default=6.0, at_least=0, at_most=20)
    """full width at half maximum of the smoothing, of sources t1 and ukb_vbm"""
    t1: T1Settings = setting(default=T1Settings())
    table: TableSettings = setting(default=TableSettings())
    qc: ImageQcSettings = setting(default=ImageQcSettings())
    store: StoreSettings = setting(default=StoreSettings())
