"""Programs of a site that make maps: what is known of them. Read while the workflow is parsed: nothing heavy."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from cgni.base.errors import InputError
from cgni.imaging.settings import T1Settings

_COMMANDS = {"cat12": "cat_standalone.sh -b cat_standalone_segment.m {images}"}
_OUTPUTS = {"cat12": "mri/mwp1{name}.nii", "spm12": "smwc1{name}.nii"}
_SMOOTHED = {"cat12": False, "spm12": True}
_PLACEHOLDERS = re.compile(r"(?<!\$)\{(images|list|folder)\}")  # ${folder} is a variable of the shell


@dataclass(frozen=True)
class Engine:
    """A program of the site.

    Attributes
    ----------
    command : with {images}, {list} or {folder} in it.
    outputs : path of a map below the folder, with {name}.
    smoothed : whether its maps are smoothed.
    """

    command: str
    outputs: str
    smoothed: bool

    @classmethod
    def of(cls, settings: T1Settings) -> "Engine":
        """What the settings say, or what is known of the engine.

        Raises
        ------
        InputError
            No command, or one that says not what it works on; no place of its maps.
        """
        name = settings.engine
        command, outputs = settings.command or _COMMANDS.get(name, ""), settings.outputs or _OUTPUTS.get(name, "")
        if not _PLACEHOLDERS.search(command):
            raise InputError(
                f"imaging.t1.command: engine {name} needs a command with {{images}}, {{list}} or {{folder}} in it"
            )
        if "{name}" not in outputs:
            raise InputError(f"imaging.t1.outputs: engine {name} needs the place of its maps, with {{name}} in it")
        own = settings.outputs is not None  # then the engine's own maps are not meant
        return cls(command, outputs, settings.smoothed if own else _SMOOTHED.get(name, settings.smoothed))

    def command_for(self, images: Sequence[str], listing: str, folder: str) -> str:
        """The command on these files, quoted for a shell; braces of the shell's own stay."""
        filled = {"images": " ".join(map(shlex.quote, images)), "list": shlex.quote(listing)}
        filled["folder"] = shlex.quote(folder)
        return _PLACEHOLDERS.sub(lambda found: filled[found[1]], self.command)

    def output_of(self, name: str) -> str:
        """Path of the map of the image `name`, below the folder."""
        return self.outputs.replace("{name}", name)
