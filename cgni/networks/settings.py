"""Settings that all networks share."""

from typing import Literal

from cgni.base.settings import Section, section, setting

Activation = Literal["relu", "gelu", "tanh"]


@section("execution")
class ExecutionSettings(Section):
    """Where networks run; never changes a result's meaning."""

    device: Literal["auto", "cpu", "cuda"] = setting(default="auto")
    """auto: CUDA when there is one"""
    precision: Literal["auto", "float32", "bf16"] = setting(default="auto")
    """auto: bf16 where the device has it"""
