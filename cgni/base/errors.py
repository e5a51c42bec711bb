"""The one exception that a user is meant to read."""


class InputError(Exception):
    """A file, field or setting that the study cannot use.

    The message names the file and field, line or number of people, says what was
    expected and what to do. It never holds participant ids.
    """
