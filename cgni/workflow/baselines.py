"""The baselines and the kinds of fit, as data.

A baseline is a row of BASELINES; a kind of fit a row of FITTERS. No script imports this module, so that a new row
changes nobody else's code digest.
"""

from dataclasses import dataclass

from cgni.base.settings import Section
from cgni.classification.fitters.logistic_settings import LogisticSettings
from cgni.classification.fitters.network_settings import NetworkSettings
from cgni.classification.fitters.svm_settings import SvmSettings


@dataclass(frozen=True)
class FitterFacts:
    """What a kind of fit is.

    Attributes
    ----------
    settings : of its models (None: none); keys : common ones below `classification` that it reads.
    uses : whom (`fit`, `monitor`); needs : what it takes beside its inputs (`encoders`, `networks`).
    values : whether it learns a continuous outcome too.
    """

    settings: type[Section] | None
    keys: tuple[str, ...]
    uses: tuple[str, ...]
    needs: tuple[str, ...] = ()
    values: bool = True


_TRAINING = ("class_weights", "activation", "dropout", "epochs", "learning_rate", "weight_decay", "patience")
FITTERS = {
    "network": FitterFacts(NetworkSettings, _TRAINING, ("fit", "monitor")),
    "encoder_head": FitterFacts(NetworkSettings, _TRAINING, ("fit", "monitor"), ("encoders",)),
    "svm": FitterFacts(SvmSettings, ("class_weights",), ("fit", "monitor")),
    "logistic": FitterFacts(LogisticSettings, ("class_weights",), ("fit",)),
    "cnn_head": FitterFacts(None, (), (), ("networks",)),  # the CNN's own head: nobody is fitted on
}


@dataclass(frozen=True)
class Baseline:
    """A row: label, fitter, feature sets, and the defaults of its own section of the config."""

    label: str
    fitter: str
    features: tuple[str, ...]
    defaults: Section | None = None

    def __post_init__(self) -> None:
        if embeddings := [name for name in self.features if name.endswith("_embedding")]:
            raise ValueError(f"{self.label}: {embeddings} belong to a pair of encoders, which a baseline has not")


BASELINES = {
    "imaging_cnn": Baseline("Imaging CNN", "cnn_head", ("imaging",)),
    "genetic_nn": Baseline(
        "Sparse genetic NN", "network", ("genetics",), NetworkSettings(layers=(800, 600, 400), l1=1.0e-5)
    ),
    "genetic_linear": Baseline("Linear genetic model", "logistic", ("genetics",), LogisticSettings(c=0.001)),
    "imaging_genetic_svm": Baseline("Imaging-genetic SVM", "svm", ("imaging", "genetics_hidden"), SvmSettings(c=0.01)),
    "imaging_genetic_nn": Baseline(
        "Imaging-genetic NN",
        "network",
        ("imaging", "genetics_hidden"),
        NetworkSettings(layers=(500, 200), l1=1.0e-5, l1_layers="all"),
    ),
    "imaging_logistic": Baseline("Logistic imaging model", "logistic", ("imaging",), LogisticSettings(c=0.01)),
}
IMAGING_CNN = "imaging_cnn"
IN_PLACE_OF_CNN = "imaging_logistic"  # on the features of a table, which no network has made
CONFOUNDS = "confounds"  # in every study
CONFOUND_BASELINE = Baseline("Confounds only", "logistic", ("confounds",), LogisticSettings(c=1.0))
HIDDEN_OF = "genetic_nn"  # whose last hidden layer is the feature set genetics_hidden
PROPOSED = "proposed"  # section and search of the proposed model and of all that share its head
EVERY_SUBSET = "subsets"  # in the place of a model that is searched: each loss subset by itself


def searchable() -> list[str]:
    """Names under which settings can be searched."""
    return [PROPOSED, *(name for name, row in BASELINES.items() if row.defaults is not None)]
