"""The classifiers of a study as its tables list them, and what was chosen among the loss subsets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cgni.contrastive.terms import LABEL_FREE, EncoderSpec, encoder_spec


@dataclass(frozen=True)
class StudyModels:
    """Models, encoders and the choice.

    Attributes
    ----------
    models : model names, in the order of the tables.
    labels : model name to what readers see.
    encoders : encoder name to the numbers of its loss terms, of the loss subsets in their order.
    proposed : encoder name to the name of the proposed model on it.
    encoders_of : model on a loss subset, its twin without confounds included, to the name of its encoders.
    chosen : encoder name of the subset with the best validation score.
    interpreted : encoder name of the subset whose embeddings sparse CCA relates.
    """

    models: Sequence[str]
    labels: Mapping[str, str]
    encoders: Mapping[str, Sequence[int]]
    proposed: Mapping[str, str]
    encoders_of: Mapping[str, str]
    chosen: str
    interpreted: str

    @property
    def winner(self) -> str:
        """Name of the proposed model on the chosen subset."""
        return self.proposed[self.chosen]

    @property
    def compared(self) -> list[str]:
        """Models of Table 1: of the proposed models on the loss subsets the winner alone, and all others."""
        return [model for model in self.models if self.encoders_of.get(model, self.chosen) == self.chosen]

    @property
    def subsets(self) -> dict[str, EncoderSpec]:
        """Encoder name to its loss terms."""
        return {name: encoder_spec(terms) for name, terms in self.encoders.items()}

    def terms_text(self, encoders: str) -> str:
        """The loss terms of encoders, such as (1)+(2)+(4).

        Those that see no label may be interpreted without being among the subsets.
        """
        label_free = encoder_spec(LABEL_FREE)
        return {label_free.name: label_free, **self.subsets}[encoders].label
