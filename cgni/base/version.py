"""The version of the workflow, as CITATION.cff and pyproject.toml state it."""

VERSION = "0.1.0"
