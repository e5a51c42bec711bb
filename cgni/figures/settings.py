"""Settings of the figures."""

from cgni.base.settings import Section, section, setting


@section("figures")
class FigureSettings(Section):
    """How figures look."""

    dpi: int = setting(default=300, at_least=50)
    """of the PNG files"""
    palette: tuple[str, ...] = setting(
        default=("#1f4e8c", "#e6862e", "#5a9b4e", "#8e6bb0", "#3aa6a0", "#5f6b7a"),
        pattern="^#[0-9a-fA-F]{6}$",
        min_items=4,
    )
    """colours"""
