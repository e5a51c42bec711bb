"""Settings: whole sections with defaults, the parts of them that rules declare, and what is made from their types."""

import dataclasses
from collections.abc import Mapping
from typing import Literal

import pytest

from cgni.base.settings import (
    AUTO,
    Bounds,
    Section,
    default_of,
    field_types,
    is_governed,
    is_section,
    literals,
    section,
    section_fields,
    setting,
)


@section("kitchen.oven")
class OvenSettings(Section):
    """An oven."""

    heat: float = setting(default=180.0, at_least=0, below=300)
    """in degrees"""
    fan: Literal["on", "off"] = setting(default=AUTO)
    """what the protocol says"""


@section("pantries.{pantry}")
class PantrySettings(Section):
    """One of several."""

    shelves: int = setting(default=3)


@section("kitchen")
class KitchenSettings(Section):
    """A kitchen."""

    seats: int = setting(default=4, at_least=1)
    menu: tuple[tuple[str, ...], ...] = setting(default=(("soup",), ("bread", "cheese")))
    shelves: Mapping[str, tuple[int, ...]] = setting(default={"top": (1, 2), "low": (3,)})
    light: Literal["auto", "day"] | None = setting(default="auto")
    oven: OvenSettings = setting(default=OvenSettings())


WHOLE = {
    "seats": 4,
    "menu": [["soup"], ["bread", "cheese"]],
    "shelves": {"top": [1, 2], "low": [3]},
    "light": "auto",
    "oven": {"heat": 180.0, "fan": "auto"},
}


def test_defaults_are_written_once_and_can_be_replaced() -> None:
    assert KitchenSettings().plain() == WHOLE
    own = KitchenSettings(seats=2, oven=OvenSettings(fan="on"))
    assert own.plain() == {**WHOLE, "seats": 2, "oven": {"heat": 180.0, "fan": "on"}}
    with pytest.raises(TypeError):
        KitchenSettings(chairs=2)


def test_plain_values_survive_the_round_trip_and_lists_become_tuples() -> None:
    own = KitchenSettings.of(WHOLE)
    assert own == KitchenSettings() and own.plain() == WHOLE
    assert own.menu == (("soup",), ("bread", "cheese")) and own.shelves == {"top": (1, 2), "low": (3,)}
    assert isinstance(own.oven, OvenSettings)
    assert KitchenSettings.of({**WHOLE, "garden": 1}) == own  # a key of another section


def test_settings_cannot_be_changed() -> None:
    own, shelves = KitchenSettings(), KitchenSettings().shelves
    with pytest.raises(dataclasses.FrozenInstanceError):
        own.seats = 3
    with pytest.raises((AttributeError, TypeError)):
        own.chairs = 3
    shelves["top"] = ()
    assert KitchenSettings().shelves == {"top": (1, 2), "low": (3,)}  # a default of its own each time


def test_a_part_of_a_section_knows_what_it_has_and_nothing_else() -> None:
    part = KitchenSettings.of({"seats": 3, "oven": {"heat": 200}})
    assert (part.seats, part.oven.heat) == (3, 200)
    for read in (lambda: part.menu, lambda: part.light):
        with pytest.raises(AttributeError, match=r"does not declare the key kitchen\.(menu|light)"):
            read()
    with pytest.raises(AttributeError, match=r"does not declare the key kitchen\.oven\.fan"):
        _ = part.oven.fan
    with pytest.raises(AttributeError, match=r"does not declare the key pantries\.<pantry>\.shelves"):
        _ = PantrySettings.of({}).shelves
    assert part.plain() == {"seats": 3, "oven": {"heat": 200}}
    assert KitchenSettings.of({}).plain() == {}


def test_a_part_can_be_changed_and_stays_a_part() -> None:
    part = KitchenSettings.of({"seats": 3, "oven": {"heat": 200}})
    other = part.changed(seats=5)
    assert other.plain() == {"seats": 5, "oven": {"heat": 200}} and part.seats == 3
    with pytest.raises(AttributeError, match=r"kitchen\.menu"):
        _ = other.menu
    assert KitchenSettings().changed(light=None) == KitchenSettings(light=None)


def test_keys_and_their_types_come_in_their_order() -> None:
    assert [key.name for key in section_fields(KitchenSettings)] == list(WHOLE) == list(field_types(KitchenSettings))
    kinds = field_types(KitchenSettings)
    assert kinds["seats"] is int and is_section(kinds["oven"])
    assert not any(is_section(kinds[name]) for name in ("seats", "menu", "shelves", "light"))
    assert {key.name: default_of(key) for key in section_fields(KitchenSettings)} == WHOLE
    assert (KitchenSettings.PATH, OvenSettings.PATH) == ("kitchen", "kitchen.oven")


def test_bounds_stand_at_the_key() -> None:
    bounds = {key.name: key.metadata["bounds"] for key in section_fields(OvenSettings)}
    assert bounds == {"heat": Bounds(at_least=0, below=300), "fan": Bounds()}
    with pytest.raises(TypeError):
        setting(default=1, at_most_half=True)


def test_choices_of_a_type() -> None:
    assert literals(Literal["a", 1]) == ["a", 1]
    assert literals(Literal["a"] | Literal["b", "c"] | None) == ["a", "b", "c"]
    assert literals(Literal["auto"] | float) == ["auto"]
    assert literals(int) == literals(tuple[Literal["a"], ...]) == []


def test_the_protocol_decides_on_auto_where_the_type_does_not_know_it() -> None:
    governed = {
        f"{kind.PATH}.{key.name}"
        for kind in (KitchenSettings, OvenSettings)
        for key in section_fields(kind)
        if is_governed(field_types(kind)[key.name], key)
    }
    assert governed == {"kitchen.oven.fan"}
