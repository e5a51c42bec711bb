"""What nibabel and the unpackers raise on damaged images, and on headers that ask for more memory than there is."""

import zlib

import nibabel as nib
from isal import isal_zlib
from nibabel.filebasedimages import ImageFileError

UNREADABLE: tuple[type[Exception], ...] = (
    ImageFileError,
    nib.spatialimages.HeaderDataError,
    EOFError,
    MemoryError,
    OSError,
    OverflowError,
    TypeError,
    ValueError,
    zlib.error,
    isal_zlib.error,  # type: ignore[assignment]  # isal's stub calls the class an instance
)
