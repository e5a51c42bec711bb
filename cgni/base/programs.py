"""Find the programs that come with the system, not with pip."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cgni.base.errors import InputError
from cgni.base.shipped import HOME

_LOCAL = HOME / ".system"
_HINT = "run `make setup`; or install it yourself: `apt install plink2`, or `conda install -c bioconda plink2`"


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


def _programs(name: str) -> list[str]:
    places = [Path(sys.executable).parent, _LOCAL / "bin"]
    if "CONDA_PREFIX" in os.environ:
        places.append(Path(os.environ["CONDA_PREFIX"]) / "bin")
    found = [str(place / name) for place in places if (place / name).is_file()]
    on_path = shutil.which(name)
    return [on_path, *found] if on_path else found
