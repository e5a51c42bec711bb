"""Marks of tests that need a program or an atlas which pip does not install."""

from collections.abc import Callable

import pytest

from cgni.base.errors import InputError
from cgni.base.programs import msp_path, plink2_path
from cgni.imaging.atlases import atlas_files


def _have(find: Callable[[], object]) -> bool:
    try:
        find()
    except InputError:
        return False
    return True


def aal_image() -> str:
    """Path of the AAL label image."""
    return atlas_files("aal", None)[0]


plink2 = pytest.mark.skipif(not _have(plink2_path), reason="plink2 is not installed")
msp = pytest.mark.skipif(not _have(msp_path), reason="msprime's program msp is not installed")
atlas = pytest.mark.skipif(not _have(aal_image), reason="the AAL atlas is not installed")
