"""What the machine refuses is one line that says what to do; nothing half-written stays."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

from cgni.base.files import atomic_path, copy_file, write_all, write_json
from cgni.base.machine import machine_trouble
from cgni.base.tables import write_table
from cgni.networks.checkpoint import save_checkpoint

NUMBERS = np.linspace(0, 1, 300_000)
LIMIT = 100_000


def _npz(path: Path) -> None:
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.savez(stream, a=NUMBERS)


def _npy(path: Path) -> None:
    with atomic_path(path) as temporary:
        np.save(temporary, NUMBERS)


def _copy(path: Path) -> None:
    copy_file(path.parent / "large", path)


def _table(path: Path) -> None:
    write_table(pd.DataFrame({"v": NUMBERS}), path, pa.schema([pa.field("v", pa.float64())]), {})


WRITERS: dict[str, Callable[[Path], None]] = {
    "x.json": lambda path: write_json(NUMBERS.tolist(), path),
    "x.parquet": _table,
    "x.npy": _npy,
    "x.npz": _npz,
    "x.ckpt": lambda path: save_checkpoint({"a": torch.from_numpy(NUMBERS)}, path),
    "x.copy": _copy,
}
_PROGRAM = """
import resource, signal, sys
from pathlib import Path
from cgni.base.processes import configure_logging
from tests.unit.base.test_machine import LIMIT, WRITERS
folder, name = Path(sys.argv[1]), sys.argv[2]
configure_logging(folder / "job.log")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
WRITERS[name](folder / name)
"""


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_does_not_fit_is_named_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    """For real: the system writes a part of the file and refuses the rest, as a full disk does."""
    (tmp_path / "large").write_bytes(bytes(4 * LIMIT))
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path), name]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)})
    assert run.returncode == 1 and "Traceback" not in run.stderr, run.stderr
    (line,) = run.stderr.splitlines()
    assert f"ERROR {tmp_path / name}: " in line and "run the same command again" in line
    assert (tmp_path / "job.log").read_text() == run.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"job.log", "large"}
    WRITERS[name](tmp_path / name)  # with room there is, the same command ends right
    assert (tmp_path / name).stat().st_size > LIMIT


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permission denied"),
        (errno.EPERM, "not permitted"),
        (errno.EISDIR, "a folder lies where"),
        (errno.ENOTDIR, "a file lies where"),
        (errno.EIO, "input/output error"),
        (errno.EMFILE, "ulimit -n"),
        (errno.ESTALE, "network file system"),
    ],
)
def test_refusals_name_the_target_of_a_write(number: int, said: str, tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    with pytest.raises(OSError) as caught, atomic_path(target) as temporary:
        temporary.write_text("half")
        raise OSError(number, os.strerror(number), str(temporary))
    line = machine_trouble(caught.value)
    assert line is not None and line.startswith(f"{target}: ") and said in line and "\n" not in line
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_is_one_line() -> None:
    huge = 1 << 55
    for allocate in (
        lambda: np.empty(huge),
        lambda: torch.empty(huge),
        lambda: pa.allocate_buffer(huge),
        lambda: bytearray(huge),
    ):
        with pytest.raises((MemoryError, RuntimeError)) as caught:
            allocate()
        line = machine_trouble(caught.value)
        assert line is not None and line.startswith("too little memory") and "CORES=1" in line
    gpu = machine_trouble(RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"))
    assert gpu is not None and "execution.device: cpu" in gpu


def test_other_errors_stay_tracebacks() -> None:
    for error in (ValueError("x"), RuntimeError("shapes"), OSError("x"), FileNotFoundError(2, "No such file", "x")):
        assert machine_trouble(error) is None


def test_an_unbuffered_write_that_stops_short_goes_on(tmp_path: Path) -> None:
    class Short:
        """A stream that takes three bytes at a time."""

        name = "maps.npy"

        def __init__(self, room: int) -> None:
            self.held, self.room = b"", room

        def write(self, data: memoryview) -> int:
            if len(self.held) >= self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.held += bytes(data[:3])
            return min(3, len(data))

    stream = Short(100)
    write_all(np.arange(4, dtype=np.int16).data, stream)
    assert stream.held == np.arange(4, dtype=np.int16).tobytes()
    with pytest.raises(OSError) as caught:
        write_all(bytes(20), Short(9))
    assert machine_trouble(caught.value).startswith("maps.npy: the disk is full")
