"""Where and in which precision networks run, and what makes a run repeat itself."""

import contextlib
import logging
import os
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

_Dtype = torch.dtype  # `torch` is a field of Device
_BF16_FLAGS = {"avx512_bf16", "amx_bf16"}


@dataclass(frozen=True)
class Device:
    """A computing device.

    Attributes
    ----------
    torch : the PyTorch device.
    autocast : dtype of mixed precision; None for plain float32.
    """

    torch: torch.device
    autocast: _Dtype | None

    def mixed(self) -> contextlib.AbstractContextManager[object]:
        """Context in which forward passes run in the chosen precision."""
        if self.autocast is None:
            return contextlib.nullcontext()
        return torch.autocast(self.torch.type, dtype=self.autocast)


def choose_device(device: str = "auto", precision: str = "auto") -> Device:
    """The device and precision of a job, said in the log.

    Parameters
    ----------
    device
        `auto` (CUDA when there is one), `cpu`, or `cuda`, which falls back to the CPU with a
        warning, so that a GPU rule also runs on a machine without a GPU.
    precision
        `auto` (bf16 on CUDA devices that have it and on processors with AVX512-BF16 or AMX,
        else float32), `float32`, or `bf16`.
    """
    cuda = torch.cuda.is_available()
    if device == "cuda" and not cuda:
        logging.warning("no CUDA device here: running on the CPU")
    chosen = torch.device("cuda" if cuda and device != "cpu" else "cpu")
    native = torch.cuda.is_bf16_supported() if chosen.type == "cuda" else _processor_has_bf16()
    mixed = precision == "bf16" or (precision == "auto" and native)
    logging.info("device %s, precision %s", chosen.type, "bf16" if mixed else "float32")
    return Device(chosen, torch.bfloat16 if mixed else None)


def prepare_torch(seed: int, threads: int = 1) -> None:
    """Seed every global generator and ask for deterministic algorithms.

    `threads` is the number of CPU threads; the bytes of a result depend on it, so rules fix it.
    On CUDA, operations without a deterministic form (3D max pooling) only warn.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.set_num_threads(threads)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    if torch.cuda.is_available():  # on the CPU our operations repeat themselves, and the call alone costs two seconds
        torch.use_deterministic_algorithms(True, warn_only=True)
    # Filling fresh memory guards against reading it unset, which no code here does, and costs time.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def _processor_has_bf16() -> bool:
    """Whether Linux lists bf16 units; without them bf16 on a CPU is emulated and slow."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return bool(_BF16_FLAGS & set(flags.split()))
