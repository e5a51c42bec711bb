"""Seeds."""

from cgni.base.seeds import derive_seed


def test_seeds_differ_by_purpose_and_repeat() -> None:
    assert derive_seed(1, "a", 0) == derive_seed(1, "a", 0)
    assert len({derive_seed(1, "a", 0), derive_seed(1, "a", 1), derive_seed(2, "a", 0), derive_seed(1, "b", 0)}) == 4
