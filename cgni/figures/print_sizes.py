"""Sizes of a journal's columns."""

ONE_COLUMN, TWO_COLUMNS, PAGE_HEIGHT = 85.0, 174.0, 230.0  # mm
