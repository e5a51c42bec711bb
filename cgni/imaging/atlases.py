"""The atlases that a study can name, and where their files lie. Imported while the workflow is parsed."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cgni.base.errors import InputError
from cgni.base.shipped import HOME, from_here
from cgni.imaging.atlas_names import read_names

_HOME = HOME
_MRICRON = ("usr/share/mricron/templates", "share/mricron/templates")


@dataclass(frozen=True)
class KnownAtlas:
    """An atlas that `inputs.atlas` may name.

    Attributes
    ----------
    title : what messages call it.
    image, labels : file names of the label image and of its table `index name`.
    folders : where another package installs them, below the repository's .system, / and Python's prefix.
    install : how to get them, for those that are not shipped in `resources/atlases/<name>/`.
    """

    title: str
    image: str
    labels: str
    folders: tuple[str, ...] = ()
    install: str = "restore it from the repository"


ATLASES = {
    "aal": KnownAtlas(
        title="AAL",
        image="aal.nii.gz",
        labels="aal.nii.txt",
        folders=_MRICRON,
        install="run `make setup`; or install it yourself: `apt install mricron-data`, or nilearn's "
        "fetch_atlas_aal(version='SPM12') and the keys inputs.atlas and inputs.atlas_labels",
    ),
    "octants": KnownAtlas(title="octants", image="octants.nii.gz", labels="octants.txt"),
}


@dataclass(frozen=True)
class FurtherAtlas:
    """An entry of `inputs.more_atlases`.

    Attributes
    ----------
    name : what its results are called.
    image : a name of `ATLASES`, or the path of a label image.
    labels : its table `index name`; None: the known atlas's own.
    """

    name: str
    image: str
    labels: str | None


def atlas_files(atlas: str, labels: str | None) -> tuple[str, str]:
    """Paths of the label image and of its table; a known atlas as seen from the working folder.

    Parameters
    ----------
    atlas
        A name of `ATLASES`, or the path of a label image.
    labels
        The table `index name`; None: the known atlas's own.

    Raises
    ------
    InputError
        A known atlas that is not installed, an image without a table, or a table that is there but cannot be used
        (`atlas_names.read_names`).
    """
    if atlas in ATLASES:
        image, own = _known_files(atlas)
        if labels is None:
            _check_names(_HOME / own)
            return image, own
        atlas = image
    if labels is None:
        raise InputError(
            f"inputs.atlas: {atlas} is none of the known atlases ({', '.join(ATLASES)}), so it is the path of a label "
            "image; set inputs.atlas_labels to its table of lines `index name`"
        )
    _check_names(Path(labels))
    return atlas, labels


def further_atlases(entries: Sequence[str | Mapping[str, str]]) -> list[FurtherAtlas]:
    """The atlases that `inputs.more_atlases` lists: names of known ones, or name, image and labels.

    Raises
    ------
    InputError
        A name that is there twice, or that only capital letters tell from another: they name files.
    """
    listed = [
        FurtherAtlas(entry, entry, None)
        if isinstance(entry, str)
        else FurtherAtlas(entry["name"], entry["image"], entry["labels"])
        for entry in entries
    ]
    doubled = [name for name, count in Counter(atlas.name.lower() for atlas in listed).items() if count > 1]
    if doubled:
        raise InputError(f"inputs.more_atlases: {doubled[0]} is there twice; give each atlas a name of its own")
    return listed


def further_atlas_files(
    entries: Sequence[str | Mapping[str, str]], main: tuple[str, str]
) -> dict[str, tuple[str, str]]:
    """Name to label image and table of the atlases that `inputs.more_atlases` lists.

    Parameters
    ----------
    main
        Files of `inputs.atlas`.

    Raises
    ------
    InputError
        As `further_atlases` and `atlas_files`; or an image that is there twice, as that of `inputs.atlas` too.
    """
    found, images = {}, {os.path.realpath(main[0]): "inputs.atlas"}
    for atlas in further_atlases(entries):
        found[atlas.name] = atlas_files(atlas.image, atlas.labels)
        own = os.path.realpath(found[atlas.name][0])
        if own in images:
            raise InputError(
                f"inputs.more_atlases: {atlas.name}: its image {found[atlas.name][0]} is that of {images[own]} too; "
                "each atlas is looked at once"
            )
        images[own] = atlas.name
    return found


def _check_names(table: Path) -> None:
    """Refuse a table that cannot be used before anything runs; one that is not there is a missing input."""
    if table.is_file():
        read_names(table)


def _known_files(name: str) -> tuple[str, str]:
    known = ATLASES[name]
    for folder in _folders(name):
        image, labels = folder / known.image, folder / known.labels
        if image.is_file() and labels.is_file():
            return _shown(image), _shown(labels)
    raise InputError(f"the {known.title} atlas ({known.image} with {known.labels}) is not there; {known.install}")


def _folders(name: str) -> Iterator[Path]:
    yield _HOME / "resources" / "atlases" / name
    for root in (_HOME / ".system", Path("/"), Path(sys.prefix)):
        for folder in ATLASES[name].folders:
            yield root / folder


def _shown(path: Path) -> str:
    return from_here(path, _HOME)
