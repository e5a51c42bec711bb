"""What a machine refuses, said in one line: a full disk, a file that may not be read, too little memory."""

import errno
import os
import re
from pathlib import Path

_AGAIN = "and run the same command again"
_REFUSALS = {
    errno.ENOSPC: f"the disk is full; free some space {_AGAIN}",
    errno.EDQUOT: f"the disk quota is used up; free some space {_AGAIN}",
    errno.EFBIG: f"the file is larger than may be written here; lift the limit (ulimit -f) {_AGAIN}",
    errno.EROFS: f"the file system is read-only; have it mounted for writing, or set another results_dir, {_AGAIN}",
    errno.EACCES: f"permission denied; see to it that you may read and write it (ls -l) {_AGAIN}",
    errno.EPERM: f"not permitted; see to it that you may read and write it (ls -l) {_AGAIN}",
    errno.EISDIR: f"a folder lies where a file is expected; move it away {_AGAIN}",
    errno.ENOTDIR: f"a file lies where a folder is expected; move it away {_AGAIN}",
    errno.EIO: f"the disk cannot be read or written (input/output error); have the disk looked at {_AGAIN}",
    errno.ESTALE: f"the network file system has lost it; wait until it is back {_AGAIN}",
    errno.EMFILE: f"too many open files; raise the limit (ulimit -n) {_AGAIN}",
    errno.ENFILE: f"too many open files on this machine; close other programs {_AGAIN}",
}
_MEMORY = (
    "too little memory; close other programs, run fewer jobs at once (CORES=1, or --resources mem_mb=...) "
    f"or take a machine with more {_AGAIN}"
)
_GPU_MEMORY = f"too little memory on the GPU; close other programs there, or set execution.device: cpu, {_AGAIN}"
_NO_MEMORY = re.compile(r"can't allocate memory|not enough memory|bad_alloc|Cannot allocate memory", re.IGNORECASE)
_ON_GPU = re.compile(r"CUDA out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED")
# numpy and torch count bytes and hide the number of the error
_SHORT_WRITE = re.compile(r"\d+ requested and \d+ written|PytorchStreamWriter failed|unexpected pos \d+ vs \d+")


def machine_trouble(error: BaseException) -> str | None:
    """Which file or resource the machine refused and what to do about it, in one line; None for any other error.

    Parameters
    ----------
    error
        An OSError with its number, a MemoryError, or what numpy, PyArrow and PyTorch raise in their place.
    """
    said = str(error)
    if _ON_GPU.search(said):
        return _GPU_MEMORY
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError | OSError) and _is_memory(error, said)):
        return _MEMORY
    if isinstance(error, RuntimeError | OSError) and _SHORT_WRITE.search(said):
        return _REFUSALS[errno.ENOSPC]
    if not isinstance(error, OSError) or error.errno not in _REFUSALS:
        return None
    place = error.filename2 or error.filename
    return f"{place}: {_REFUSALS[error.errno]}" if isinstance(place, str) else _REFUSALS[error.errno]


def refused_write(error: OSError | RuntimeError, temporary: Path, target: Path) -> OSError | RuntimeError:
    """The error of a write to `temporary` as one that names `target`; the error itself where it is another matter."""
    if _SHORT_WRITE.search(str(error)):
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
    if isinstance(error, OSError) and error.errno in _REFUSALS:
        names = {None, str(temporary)}
        if error.filename in names or error.filename2 == str(temporary):
            return OSError(error.errno, error.strerror, str(target))
    return error


def _is_memory(error: BaseException, said: str) -> bool:
    return getattr(error, "errno", None) == errno.ENOMEM or bool(_NO_MEMORY.search(said))
