import pytest

from tests.unit.occlusion.made_cohort import Cohort, make_cohort


@pytest.fixture(scope="session")
def cohort() -> Cohort:
    """Two folds of made-up people; nobody changes them."""
    return make_cohort()
