"""Ways to spoil the bytes of a good file, drawn by hypothesis."""

from collections.abc import Callable, Iterator, Sequence

from hypothesis import strategies as st

Spoil = Callable[[bytes], bytes]

# what spreadsheets, scripts and tired people leave in a cell
CELLS = (
    *(b"", b"NA", b"nan", b"inf", b"-1", b"1e400", b"99999999999999999999", b"1.0", b"1e6", b"70000", b"2.5", b"1e20"),
    *(b"0x1f", b"None", b'"', b"'", b"#", b"=1+1", b"\0", b"\xff", b"\xc2\xa0", b"\xd9\xa3", b"2024-13-45", b"("),
)
_INSIDE = st.floats(0, 1)  # a place, as a share of what there is


def spoiled(good: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of several good files after one to three of the ways to spoil it."""
    return st.builds(_after, st.sampled_from(good), st.lists(st.one_of(*_WAYS), min_size=1, max_size=3))


def with_cells(good: bytes) -> Iterator[bytes]:
    """A good table with each of the odd values in each cell of its last line in turn."""
    *lines, last = good.rstrip(b"\n").split(b"\n")
    mark = _mark(good)
    cells = last.split(mark)
    for place in range(len(cells)):
        for new in CELLS:
            yield b"\n".join([*lines, mark.join([*cells[:place], new, *cells[place + 1 :]]), b""])


def _after(content: bytes, ways: Sequence[Spoil]) -> bytes:
    for way in ways:
        content = way(content)
    return content


def _flipped(place: float, mask: int) -> Spoil:
    def way(content: bytes) -> bytes:
        at = _at(place, content)
        return content[:at] + bytes(byte ^ mask for byte in content[at : at + 1]) + content[at + 1 :]

    return way


def _cut_out(place: float, count: int) -> Spoil:
    return lambda content: content[: (at := _at(place, content))] + content[at + count :]


def _inserted(place: float, new: bytes) -> Spoil:
    return lambda content: content[: (at := _at(place, content))] + new + content[at:]


def _overwritten(place: float, new: bytes) -> Spoil:
    return lambda content: content[: (at := _at(place, content))] + new + content[at + len(new) :]


def _truncated(place: float) -> Spoil:
    return lambda content: content[: _at(place, content)]


def _line_doubled(place: float) -> Spoil:
    def way(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        at = _at(place, lines)
        return b"".join([*lines[: at + 1], *lines[at:]])

    return way


def _line_dropped(place: float) -> Spoil:
    def way(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        at = _at(place, lines)
        return b"".join([*lines[:at], *lines[at + 1 :]])

    return way


def _lines_swapped(one: float, other: float) -> Spoil:
    def way(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(_swapped(lines, one, other))

    return way


def _columns_swapped(one: float, other: float) -> Spoil:
    return lambda content: _by_cells(content, lambda cells: _swapped(cells, one, other))


def _column_doubled(place: float) -> Spoil:
    return lambda content: _by_cells(content, lambda cells: [*cells, *cells[(at := _at(place, cells)) : at + 1]])


def _cell_replaced(line: float, place: float, new: bytes) -> Spoil:
    def way(content: bytes) -> bytes:
        lines = content.split(b"\n")
        mark = _mark(content)
        at = _at(line, lines)
        cells = lines[at].split(mark)
        cells[_at(place, cells)] = new
        return b"\n".join([*lines[:at], mark.join(cells), *lines[at + 1 :]])

    return way


def _by_cells(content: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    mark = _mark(content)
    return b"\n".join(mark.join(change(line.split(mark))) for line in content.split(b"\n"))


def _mark(content: bytes) -> bytes:
    return next((mark for mark in (b"\t", b",", b" ") if mark in content), b",")


def _swapped(parts: list[bytes], one: float, other: float) -> list[bytes]:
    if not parts:
        return parts
    first, second = _at(one, parts), _at(other, parts)
    changed = list(parts)
    changed[first], changed[second] = parts[second], parts[first]
    return changed


def _at(place: float, parts: Sequence[object]) -> int:
    return min(int(place * len(parts)), max(len(parts) - 1, 0))


_WAYS: tuple[st.SearchStrategy[Spoil], ...] = (
    st.builds(_flipped, _INSIDE, st.integers(1, 255)),
    st.builds(_cut_out, _INSIDE, st.integers(1, 12)),
    st.builds(_inserted, _INSIDE, st.binary(min_size=1, max_size=6)),
    st.builds(_overwritten, _INSIDE, st.binary(min_size=1, max_size=8)),
    st.builds(_truncated, _INSIDE),
    st.builds(_line_doubled, _INSIDE),
    st.builds(_line_dropped, _INSIDE),
    st.builds(_lines_swapped, _INSIDE, _INSIDE),
    st.builds(_columns_swapped, _INSIDE, _INSIDE),
    st.builds(_column_doubled, _INSIDE),
    st.builds(_cell_replaced, _INSIDE, _INSIDE, st.sampled_from(CELLS)),
)
