"""Find the programs and the atlas that come with the system, not with pip."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cgni.base.errors import InputError

_LOCAL = Path(__file__).resolve().parents[2] / ".system"
_TEMPLATES = ("usr/share/mricron/templates", "share/mricron/templates")
_HINT = (
    "run `make setup`; or install it yourself: `apt install plink2 mricron-data`, or conda "
    "(`conda install -c bioconda plink2`; the atlas: nilearn's fetch_atlas_aal(version='SPM12') and the keys "
    "inputs.atlas and inputs.atlas_labels)"
)


def plink2_path() -> str:
    """Path of plink2: on PATH, in the conda environment, or where `make setup` unpacked it."""
    for candidate in _programs("plink2"):
        version = subprocess.run([candidate, "--version"], capture_output=True, text=True).stdout
        if re.match(r"PLINK v2\.", version):
            return candidate
    raise InputError(f"plink2 is not there (version 2 is needed); {_HINT}")


def msp_path() -> str:
    """Path of msprime's command line program, beside this Python or on PATH."""
    for candidate in _programs("msp"):
        return candidate
    raise InputError("msp (msprime's command line program) is not there; run `make setup`, or `pip install msprime`")


def aal_paths() -> tuple[Path, Path]:
    """The AAL label image (116 regions) and its table `index name code`."""
    for root in (_LOCAL, Path("/"), Path(sys.prefix)):
        for folder in _TEMPLATES:
            image, labels = root / folder / "aal.nii.gz", root / folder / "aal.nii.txt"
            if image.is_file() and labels.is_file():
                return image, labels
    raise InputError(f"the AAL atlas (aal.nii.gz with aal.nii.txt) is not there; {_HINT}")


def atlas_paths(image: str, labels: str) -> tuple[Path, Path]:
    """The label image and its table of the config, where `auto` means AAL."""
    if "auto" not in (image, labels):
        return Path(image), Path(labels)
    aal_image, aal_labels = aal_paths()
    return aal_image if image == "auto" else Path(image), aal_labels if labels == "auto" else Path(labels)


def _programs(name: str) -> list[str]:
    places = [Path(sys.executable).parent, _LOCAL / "bin"]
    if "CONDA_PREFIX" in os.environ:
        places.append(Path(os.environ["CONDA_PREFIX"]) / "bin")
    found = [str(place / name) for place in places if (place / name).is_file()]
    on_path = shutil.which(name)
    return [on_path, *found] if on_path else found
