"""Nested plain mappings."""

from cgni.base.nested import leaves, nested, overlay


def test_an_overlay_replaces_what_is_there_and_adds_nothing() -> None:
    target = {"a": {"b": 1, "c": {"d": 2}}, "e": [1]}
    overlay(target, {"a": {"b": 5, "new": 1, "c": {"d": 6}}, "e": [2, 3], "other": 1})
    assert target == {"a": {"b": 5, "c": {"d": 6}}, "e": [2, 3]}


def test_dotted_keys_and_nested_mappings_are_each_others_inverse() -> None:
    flat = {"a.b": 1, "a.c.d": [2], "e": None}
    assert nested(flat) == {"a": {"b": 1, "c": {"d": [2]}}, "e": None}
    assert dict(leaves(nested(flat))) == flat
    assert dict(leaves({"a": {}})) == {"a": {}}  # an empty mapping is a value
