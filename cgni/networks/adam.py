"""Adam in torch's functional form."""

from collections.abc import Iterable
from typing import Any

import torch
from torch.optim.adam import adam


class Adam:
    """Adam, or AdamW: the same numbers as those of `torch.optim`.

    torch's optimiser classes import its compiler when the first one is made. That takes longer than
    training a small network for a few epochs, and nothing here is compiled.

    Parameters
    ----------
    parameters
        Weights to train, float32.
    learning_rate, weight_decay
        Step size, and decay a step.
    decoupled
        Shrink the weights themselves (AdamW, Loshchilov & Hutter 2019) instead of adding the decay
        to the gradient (Kingma & Ba 2015).
    fused
        One kernel for all weights; None: what `torch.optim` does when it is not told.
    """

    def __init__(
        self,
        parameters: Iterable[torch.Tensor],
        learning_rate: float,
        weight_decay: float,
        decoupled: bool = False,
        fused: bool | None = None,
    ) -> None:
        self._parameters = list(parameters)
        self._means = [torch.zeros_like(parameter) for parameter in self._parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in self._parameters]
        self._steps = [torch.zeros((), device=weight.device if fused else "cpu") for weight in self._parameters]
        self._learning_rate, self._weight_decay = learning_rate, weight_decay
        self._decoupled, self._fused = decoupled, fused

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move the weights that have a gradient."""
        moved = [row for row, parameter in enumerate(self._parameters) if parameter.grad is not None]
        lists = (self._parameters, self._means, self._squares, self._steps)
        weights, means, squares, steps = ([values[row] for row in moved] for values in lists)
        adam(
            weights,
            [weight.grad for weight in weights if weight.grad is not None],
            means,
            squares,
            [],
            steps,
            lr=self._learning_rate,
            weight_decay=self._weight_decay,
            decoupled_weight_decay=self._decoupled,
            fused=self._fused,
            beta1=0.9,
            beta2=0.999,
            eps=1e-8,
            amsgrad=False,
            maximize=False,
        )

    def state(self) -> dict[str, Any]:
        """What `load_state` needs to go on."""
        return {"means": self._means, "squares": self._squares, "steps": self._steps}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on where another optimiser of the same weights stopped."""
        for own, saved in ((self._means, "means"), (self._squares, "squares"), (self._steps, "steps")):
            for tensor, value in zip(own, state[saved], strict=True):
                tensor.copy_(value)
