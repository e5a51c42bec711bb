"""The functional Adam against torch's optimiser classes: equal to the bit."""

import pytest
import torch

from cgni.networks.adam import Adam


@pytest.mark.parametrize(("kind", "decoupled"), [(torch.optim.Adam, False), (torch.optim.AdamW, True)])
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("fused", [True, None])
def test_steps_are_those_of_torch(kind, decoupled, decay, fused):
    torch.manual_seed(5)
    ours = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3))
    unused = torch.nn.Linear(2, 2)  # never has a gradient, so it stays
    theirs = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3))
    theirs.load_state_dict(ours.state_dict())
    before = unused.weight.clone()
    optimiser = Adam([*ours.parameters(), *unused.parameters()], 1e-2, decay, decoupled, fused)
    reference = kind(theirs.parameters(), lr=1e-2, weight_decay=decay, fused=fused)
    for _ in range(20):
        values = torch.randn(8, 6)
        for network, moves in ((ours, optimiser), (theirs, reference)):
            moves.zero_grad()
            network(values).pow(2).sum().backward()
            moves.step()
    for own, their in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(own, their)
    assert torch.equal(unused.weight, before)


def test_a_second_optimiser_goes_on_where_the_first_stopped():
    weights = [torch.nn.Parameter(torch.tensor([1.0, -2.0])) for _ in range(2)]
    first, unbroken = Adam(weights[:1], 0.1, 0.0), Adam(weights[1:], 0.1, 0.0)

    def steps(optimisers):
        for weight, optimiser in zip(weights, optimisers, strict=True):
            for _ in range(3):
                optimiser.zero_grad()
                (weight**4).sum().backward()
                optimiser.step()

    steps([first, unbroken])
    second = Adam(weights[:1], 0.1, 0.0)
    second.load_state(first.state())
    steps([second, unbroken])
    assert torch.equal(*weights)
