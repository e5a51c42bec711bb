"""Settings of the transfer to working memory."""

from cgni.base.settings import Section, section, setting


@section("transfer")
class TransferSettings(Section):
    """The imaging network, trained on working memory from the brain-age network's first blocks on."""

    transfer_blocks: int | tuple[int, ...] = setting(default=2, at_least=0, min_items=1, unique=True)
    """first blocks taken over from the brain-age network; of a list such as [0, 1, 2, 3] all are trained, and each fold
    keeps the best on its monitor people"""
    freeze: bool = setting(default=False)
    """keep the taken blocks fixed"""
    self_transfer_rounds: int = setting(default=0, at_least=0, at_most=10)
    """restarts from the first blocks of the fold's best network (our reading of the publication, unverified)"""
    class_weights: bool = setting(default=True)
    """weight the loss by inverse class frequency"""
    batch_size: int = setting(default=25, at_least=4)
    """people a batch"""
    epochs: int = setting(default=12, at_least=1)
    """passes over the fit people at most"""
    learning_rate: float = setting(default=1.0e-3, above=0)
    """Adam's step size"""
    weight_decay: float = setting(default=1.0e-4, at_least=0)
    """L2 penalty"""
    patience: int = setting(default=6, at_least=1)
    """epochs without progress on the monitor people before stopping"""
