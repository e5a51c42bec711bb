"""Settings of the figures."""

from cgni.base.settings import Section, section, setting


@section("figures")
class FigureSettings(Section):
    """How figures look."""

    dpi: int = setting(default=150, at_least=50)
    """of the PNG files"""
    palette: tuple[str, ...] = setting(
        default=("#3b6fb6", "#c8553d", "#6a994e", "#8e7cc3", "#e0a030", "#5f6b7a"),
        pattern="^#[0-9a-fA-F]{6}$",
        min_items=4,
    )
    """colours"""
