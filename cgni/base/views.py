"""The two views of a person: what their code, tables and settings call them, and what their features are."""

from collections.abc import Mapping
from typing import NamedTuple

IMAGING, GENETICS = "imaging", "genetics"
VIEWS = (IMAGING, GENETICS)
# one feature of a view, as tables and captions say it
FEATURE = {IMAGING: "region", GENETICS: "snp"}
FEATURES = {IMAGING: "regions", GENETICS: "SNPs"}


class FeatureWords(NamedTuple):
    """What the features of each view are called: one of them, and several."""

    one: Mapping[str, str]
    several: Mapping[str, str]


REGION_WORDS = FeatureWords(FEATURE, FEATURES)


def feature_words(source: str) -> FeatureWords:
    """The words of a study whose imaging features come from a source (`imaging.source`): a table has no regions."""
    if source != "table":
        return REGION_WORDS
    return FeatureWords({**FEATURE, IMAGING: "imaging feature"}, {**FEATURES, IMAGING: "imaging features"})
