"""Numbers of UK Biobank's fields, and the names of their columns in its three exports."""

import re
from typing import NamedTuple

SEX, GENETIC_SEX, AGE, CENTRE, HEAD_SIZE, PCS, DATE = 31, 22001, 21003, 54, 25000, 22009, 53
ANEUPLOIDY, OUTLIER, ANCESTRY, UNRELATED, MISSINGNESS = 22019, 22027, 22006, 22020, 22005
OPTIONAL_FIELDS = (HEAD_SIZE, MISSINGNESS, ANEUPLOIDY, OUTLIER, GENETIC_SEX, ANCESTRY, UNRELATED)
WM_SCORES = (4282, 20240)  # maximum digits, at the centre and online

_LAYOUTS = (
    re.compile(r"(?P<field>\d+)-(?P<instance>\d+)\.(?P<array>\d+)\Z"),
    re.compile(r"f\.(?P<field>\d+)\.(?P<instance>\d+)\.(?P<array>\d+)\Z"),
    re.compile(r"(?:participant\.)?p(?P<field>\d+)(?:_i(?P<instance>\d+))?(?:_a(?P<array>\d+))?\Z"),
)


class FieldColumn(NamedTuple):
    """A column of an export: field, visit and place in the array."""

    field: int
    instance: int
    array: int


def field_column(name: str) -> FieldColumn | None:
    """What a column such as 31-0.0 (csv), f.31.0.0 (R) or p31_i2 (RAP) holds; None: it is no field's."""
    match = next((match for layout in _LAYOUTS if (match := layout.match(name))), None)
    return FieldColumn(*(int(match[part] or 0) for part in FieldColumn._fields)) if match else None
