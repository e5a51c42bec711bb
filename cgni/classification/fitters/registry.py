"""Every kind of fit by name, for what fits models of all kinds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cgni.base.settings import Section
from cgni.classification.fitters.base import Fitter, FitterParts
from cgni.classification.fitters.cnn_head import CnnHeadFitter
from cgni.classification.fitters.encoder_head import EncoderHeadFitter
from cgni.classification.fitters.logistic import LogisticFitter
from cgni.classification.fitters.logistic_settings import LogisticSettings
from cgni.classification.fitters.network import NetworkFitter
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.fitters.svm import SvmFitter
from cgni.classification.fitters.svm_settings import SvmSettings
from cgni.classification.settings import TrainingSettings
from cgni.classification.spec import ModelSpec


@dataclass(frozen=True)
class FitterKind:
    """What fits, and its settings (None: it has none)."""

    fitter: type[Fitter]
    settings: type[Section] | None


FITTERS: dict[str, FitterKind] = {
    "network": FitterKind(NetworkFitter, NetworkSettings),
    "encoder_head": FitterKind(EncoderHeadFitter, NetworkSettings),
    "svm": FitterKind(SvmFitter, SvmSettings),
    "logistic": FitterKind(LogisticFitter, LogisticSettings),
    "cnn_head": FitterKind(CnnHeadFitter, None),
}


def fitter_parts(spec: ModelSpec, section: Callable[..., Any], networks: Sequence[Mapping[str, Any]]) -> FitterParts:
    """What the model's fitter is made from, but for encoders.

    Parameters
    ----------
    section
        Gives the typed section of a class, as `section(SvmSettings, model="imaging_genetic_svm")`.
    networks
        Checkpoints of each fold's network of the outcome.
    """
    kind = FITTERS[spec.fitter]
    if kind.settings is None:
        return FitterParts(networks=networks)
    return FitterParts(section(kind.settings, model=spec.settings), section(TrainingSettings), networks=networks)
