"""Where fits run."""

from pathlib import Path

import pytest
import torch

from cgni.networks.device import Device, choose_device
from cgni.networks.resume import ResumeFile
from cgni.networks.run import Run
from cgni.networks.settings import ExecutionSettings


def test_devices_fall_back_to_the_processor() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    assert choose_device("cuda", "float32") == Device(torch.device("cpu"), None)
    assert choose_device("cpu", "bf16").autocast is torch.bfloat16


def test_a_run_has_its_device_and_its_parts_have_their_own_seed_and_state(tmp_path: Path) -> None:
    resume = ResumeFile(tmp_path / "fold0", "d")
    run = Run.start(ExecutionSettings(device="cpu", precision="float32"), 5, 1, resume)
    assert run == Run(Device(torch.device("cpu"), None), 5, resume)
    assert run.seeded(6) == Run(run.device, 6, resume)
    part = run.part("round1", 7)
    assert (part.device, part.seed, part.resume.path) == (run.device, 7, resume.part("round1").path)
