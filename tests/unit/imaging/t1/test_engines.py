"""What is known of a site's programs, and what a config must say about the others."""

import pytest

from cgni.base.errors import InputError
from cgni.imaging.settings import T1Settings
from cgni.imaging.t1.engines import Engine


def test_cat12_needs_no_command() -> None:
    engine = Engine.of(T1Settings(engine="cat12"))
    assert engine.command_for(["a.nii", "b c.nii"], "list", "folder") == (
        "cat_standalone.sh -b cat_standalone_segment.m a.nii 'b c.nii'"
    )
    assert engine.output_of("image00001") == "mri/mwp1image00001.nii" and not engine.smoothed


def test_spm12_needs_a_command_and_its_maps_are_smoothed() -> None:
    with pytest.raises(InputError, match=r"^imaging.t1.command: engine spm12 needs a command with {images}, {list} or"):
        Engine.of(T1Settings(engine="spm12"))
    engine = Engine.of(T1Settings(engine="spm12", command="run {list}"))
    assert engine.output_of("x") == "smwc1x.nii" and engine.smoothed
    assert engine.command_for([], "a b/images.txt", "f") == "run 'a b/images.txt'"


@pytest.mark.parametrize("engine", ["cat12", "spm12", "command"])
@pytest.mark.parametrize("is_smoothed", [False, True])
def test_of_other_maps_than_the_engines_own_the_config_says_whether_they_are_smoothed(
    engine: str, is_smoothed: bool
) -> None:
    own = T1Settings(engine=engine, command="x {folder}", outputs="out/{name}/m{name}.nii.gz", smoothed=is_smoothed)
    assert Engine.of(own) == Engine("x {folder}", "out/{name}/m{name}.nii.gz", is_smoothed)
    assert Engine.of(own).output_of("a") == "out/a/ma.nii.gz"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"engine": "command"}, "imaging.t1.command: engine command needs a command"),
        ({"engine": "command", "command": "run"}, "imaging.t1.command: engine command needs a command"),
        ({"engine": "command", "command": "run ${folder}"}, "imaging.t1.command: engine command needs a command"),
        ({"engine": "cat12", "command": "run {image}"}, "imaging.t1.command: engine cat12 needs a command"),
        ({"engine": "command", "command": "run {list}"}, "imaging.t1.outputs: engine command needs the place"),
        ({"engine": "cat12", "outputs": "mri/mwp1.nii"}, "imaging.t1.outputs: engine cat12 needs the place"),
    ],
)
def test_what_is_missing_is_said(settings: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Engine.of(T1Settings(**settings))
