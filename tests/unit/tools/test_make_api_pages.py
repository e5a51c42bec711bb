"""Pages on the library: signatures and docstrings of what is public, as Markdown."""

import ast

import pytest

from tools import make_api_pages
from tools.make_api_pages import docstring, room_page, signature


def _first(source: str) -> ast.FunctionDef | ast.ClassDef:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    return node


def test_a_docstring_of_numpydoc_becomes_lists() -> None:
    text = """What it does.

    Parameters
    ----------
    width, height
        In voxels; more than one
        line.
    scale : in mm

    Returns
    -------
    float64 [n, 2]

    Raises
    ------
    InputError
        No such file.
    """
    assert docstring(text).splitlines() == [
        *("What it does.", "", "*Parameters*", "", "- `width`, `height`", "  In voxels; more than one", "  line."),
        *("- `scale`: in mm", "", "*Returns*", "", r"float64 \[n, 2\]", "", "*Raises*", "", "- `InputError`"),
        "  No such file.",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a <folder> and `<folder>`", r"a \<folder\> and `<folder>`"),
        ("x * y_1 [people]", r"x \* y_1 \[people\]"),
        ("plain", "plain"),
    ],
)
def test_signs_that_would_be_markup_are_kept_as_signs(text: str, shown: str) -> None:
    assert docstring(text) == shown


def test_a_short_signature_is_one_line_and_a_long_one_has_a_line_an_argument() -> None:
    assert signature(_first("def f(a: int, *, b: str = 'x') -> None: ...")) == "f(a: int, *, b: str='x') -> None"
    long = _first(f"def f(a: {'A' * 60}, b: {'B' * 60} = 1, *rest: int, c: int = 2, **more: str) -> int: ...")
    assert signature(long).splitlines() == [
        *("f(", f"    a: {'A' * 60},", f"    b: {'B' * 60} = 1,", "    *rest: int,", "    c: int = 2,"),
        *("    **more: str,", ") -> int"),
    ]


def test_a_class_shows_its_bases_and_fields() -> None:
    assert signature(_first("class A(B):\n    x: int = 1\n    def f(self): ...")) == "class A(B)\n    x: int = 1"


def test_public_names_are_shown_and_private_ones_are_not(tmp_path_factory, monkeypatch) -> None:
    root = tmp_path_factory.mktemp("library")
    (root / "cgni/room").mkdir(parents=True)
    source = '"""A module."""\ndef shown() -> int:\n    """Something."""\ndef _hidden() -> int:\n    """Nothing."""\n'
    (root / "cgni/room/part.py").write_text(source)
    monkeypatch.setattr(make_api_pages, "ROOT", root)
    page = room_page("room")
    assert "## cgni.room.part" in page and "### shown" in page and "Something." in page
    assert "_hidden" not in page and "Nothing." not in page
