"""Where fits of a job run, what their random streams derive from, and where they go on after an interruption."""

from dataclasses import dataclass

from cgni.networks.device import Device, choose_device, prepare_torch
from cgni.networks.resume import ResumeFile
from cgni.networks.settings import ExecutionSettings


@dataclass(frozen=True)
class Run:
    """How a fit is run.

    Attributes
    ----------
    device : where it computes, and in which precision.
    seed : what all of its random streams derive from.
    resume : its state between epochs.
    """

    device: Device
    seed: int
    resume: ResumeFile

    @classmethod
    def start(cls, execution: ExecutionSettings, seed: int, threads: int, resume: ResumeFile) -> "Run":
        """Prepare torch for `threads` CPU threads, and choose the device."""
        prepare_torch(seed, threads)
        return cls(choose_device(execution.device, execution.precision), seed, resume)

    def seeded(self, seed: int) -> "Run":
        """The same with another seed."""
        return Run(self.device, seed, self.resume)

    def part(self, name: str, seed: int) -> "Run":
        """One of several fits of a job, with a resume file and a seed of its own."""
        return Run(self.device, seed, self.resume.part(name))
