"""Settings of a linear support vector machine."""

from cgni.base.settings import Section, section, setting


@section("classification.{model}")
class SvmSettings(Section):
    """A linear support vector machine."""

    c: float = setting(default=0.01, above=0)
    """inverse strength of the penalty"""
