"""Settings of the occlusion."""

from typing import Literal

from cgni.base.settings import AUTO, Section, section, setting


@section("occlusion")
class OcclusionSettings(Section):
    """What a canonical variate loses without a region or a SNP."""

    baseline: Literal["zero", "mean", "blur"] = setting(default=AUTO)
    """what stands in: zero, mean (of the fold's training people), or blur (of maps; a count's mean)"""
    people: Literal["validation", "training"] = setting(default=AUTO)
    """whom the contributions average over"""
    node: Literal["variate", "largest"] = setting(default=AUTO)
    """what is read: the variate, or the node of the largest canonical weight"""
    max_people: int | None = setting(default=None, at_least=2)
    """per fold, drawn at random; null: everybody"""
