"""Programs of a site that make maps: what is known of them. Read while the workflow is parsed: nothing heavy."""

from dataclasses import dataclass

from cgni.base.errors import InputError
from cgni.imaging.settings import T1Settings

_COMMANDS = {"cat12": "cat_standalone.sh -b cat_standalone_segment.m {images}"}
_OUTPUTS = {"cat12": "mri/mwp1{name}.nii", "spm12": "smwc1{name}.nii"}
_SMOOTHED = {"cat12": False, "spm12": True}
_WORKED_ON = ("{images}", "{list}", "{folder}")


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
        if not any(part in command for part in _WORKED_ON):
            raise InputError(f"imaging.t1.command: engine {name} needs a command with {', '.join(_WORKED_ON)} in it")
        if "{name}" not in outputs:
            raise InputError(f"imaging.t1.outputs: engine {name} needs the place of its maps, with {{name}} in it")
        return cls(command, outputs, _SMOOTHED.get(name, settings.smoothed))
