"""Where the files lie that come with the workflow: in its repository, or in the installed package.

In the repository the library, `resources/`, `workflow_scripts/` and `envs/` are neighbours. An installed package holds
the same folders in `cgni/shipped/` (pyproject.toml), for rules that Snakemake fetches from an address.
"""

import os
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1]
INSTALLED = not (LIBRARY.parent / "workflow_scripts").is_dir()
HOME = LIBRARY / "shipped" if INSTALLED else LIBRARY.parent


def from_here(path: str | Path, home: Path = HOME) -> str:
    """A file of the workflow as seen from the working folder: relative where that is the workflow's own folder.

    Parameters
    ----------
    path
        Below `home`, absolute or relative to it; a path elsewhere stays as it is.
    """
    whole = home / path
    inside = Path.cwd() == home and whole.is_relative_to(home)
    return str(whole.relative_to(home) if inside else whole)


def named_in_a_config(path: str) -> str:
    """A path of a config: `resources/...` is the workflow's own file where the working folder has no such file."""
    own = path.startswith("resources/") and not os.path.exists(path) and (HOME / path).exists()
    return from_here(path) if own else path
