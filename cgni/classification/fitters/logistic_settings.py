"""Settings of a logistic regression."""

from cgni.base.settings import Section, section, setting


@section("classification.{model}")
class LogisticSettings(Section):
    """A logistic regression on standardised inputs."""

    c: float = setting(default=1.0, above=0)
    """inverse strength of its L2 penalty"""
