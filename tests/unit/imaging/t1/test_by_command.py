"""Maps by a program of the site, with shell scripts in its place."""

import logging
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from cgni.base.errors import InputError
from cgni.imaging.reading import read_map
from cgni.imaging.settings import T1Settings
from cgni.imaging.t1.answer import Answer
from cgni.imaging.t1.batch import Places
from cgni.imaging.t1.by_command import CommandMaker
from cgni.imaging.t1.engines import Engine
from cgni.imaging.t1.templates import smoothed
from tests.unit.imaging.t1.heads import image_bytes, made_head, placed, zipped

_SMOOTH = 6.0
_MAP = np.clip(made_head() / 100, 0, 1)
_ID = "1000001"  # in the names of the files; no message may hold it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """T1 images of three people, one of them in an archive; the map that the stand-ins leave; a folder with a blank."""
    nib.save(nib.Nifti1Image(_MAP, placed()), tmp_path / "map.nii")
    (tmp_path / f"{_ID}a.nii.gz").write_bytes(image_bytes(made_head(), placed()))
    (tmp_path / f"{_ID}b.nii.gz").write_bytes(image_bytes(2 * made_head(), placed()))
    zipped(tmp_path / f"{_ID}_20252_2_0.zip", T1__T1=image_bytes(made_head(), placed()))
    return tmp_path


def _program(folder: Path, text: str, name: str = "program") -> str:
    path = folder / name
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
    return str(path)


def _images(folder: Path) -> list[str]:
    return [str(folder / name) for name in (f"{_ID}a.nii.gz", f"{_ID}b.nii.gz", f"{_ID}_20252_2_0.zip")]


def _made(folder: Path, images: list[str] | None = None, **settings: object) -> dict[str, tuple[Answer, Places]]:
    """The answer of every image, and where its map is."""
    images = images or _images(folder)
    engine = Engine.of(T1Settings(**{"engine": "cat12", **settings}))
    maker = CommandMaker(engine, _SMOOTH, images, folder / "my results" / "scratch")
    places = {image: Places.of(folder / "t1", str(number)) for number, image in enumerate(images)}
    return {image: (maker.make(image, own), own) for image, own in places.items()}


_CAT12 = 'for image in "${@:3}"; do n=$(basename "$image" .nii); d=$(dirname "$image")/mri; mkdir -p "$d"; '


def test_maps_like_cat12s_are_smoothed_and_taken_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CAT12's own command and places: engine cat12 needs nothing but its folder in PATH."""
    text = f'echo "$1 $2" > {folder}/said; {_CAT12} cp {folder}/map.nii "$d/mwp1$n.nii"; done'
    _program(folder, text, "cat_standalone.sh")
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    for answer, own in _made(folder).values():
        read = read_map(own.map)
        np.testing.assert_allclose(read.values, smoothed(_MAP, _SMOOTH, np.array([2, 2.5, 3])), atol=1e-6)
        np.testing.assert_allclose(read.affine, placed(), atol=1e-5)
        assert answer.reason is None and not answer.again and answer.measures is not None
        assert answer.measures["modulated_ml"] == pytest.approx(_MAP.sum() * 0.015, rel=1e-4)
        assert -1 <= answer.measures["r_template_in_mask"] <= 1 and -1 <= answer.measures["r_template"] <= 1
    assert (folder / "said").read_text() == "-b cat_standalone_segment.m\n"


def test_the_program_sees_plain_images_without_ids(folder: Path) -> None:
    text = (
        f'cp "$2"/image*.nii "$1" {folder}\n'
        f'while read -r i; do cp {folder}/map.nii "${{i%/*}}/m${{i##*/}}"; done < "$1"'
    )
    made = _made(folder, command=f"{_program(folder, text)} {{list}} {{folder}}", outputs="m{name}.nii")
    assert all(answer.measures for answer, _ in made.values())
    listed = (folder / "images.txt").read_text()
    assert [Path(line).name for line in listed.splitlines()] == [f"image0000{number}.nii" for number in range(3)]
    assert _ID not in listed
    np.testing.assert_allclose(read_map(folder / "image00001.nii").values, 2 * made_head(), rtol=1e-6)
    np.testing.assert_array_equal(read_map(folder / "image00002.nii").values, made_head())


def test_smoothed_maps_stay_as_they_are(folder: Path) -> None:
    text = f'for i in "$@"; do cp {folder}/map.nii "$(dirname "$i")/smwc1$(basename "$i")"; done'
    for own in ({"engine": "spm12"}, {"engine": "command", "outputs": "smwc1{name}.nii", "smoothed": True}):
        for answer, places in _made(folder, command=f"{_program(folder, text)} {{images}}", **own).values():
            np.testing.assert_allclose(read_map(places.map).values, _MAP, atol=1e-6)
            assert answer.measures and "modulated_ml" not in answer.measures


def test_scratch_is_empty_afterwards(folder: Path) -> None:
    text = f'for i in "$@"; do cp {folder}/map.nii "$(dirname "$i")/m$(basename "$i")"; done'
    _made(folder, command=f"{_program(folder, text)} {{images}}", outputs="m{name}.nii")
    assert list((folder / "my results" / "scratch").iterdir()) == []


def test_those_that_are_left_out_are_counted(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = f'cp {folder}/map.nii "$1/mimage00001.nii"; echo "no licence for two" >&2; exit 3'
    command = f"{_program(folder, text)} {{folder}}"
    with caplog.at_level(logging.WARNING):
        answers = [answer for answer, _ in _made(folder, command=command, outputs="m{name}.nii").values()]
    assert [answer.reason for answer in answers] == [_NONE, None, _NONE] and answers[0].again
    assert "ended with code 3 and left 1 maps of 3 images" in caplog.text and "no licence for two" in caplog.text
    assert _ID not in caplog.text


_NONE = "images of which the command left no map"


def test_a_program_that_fails_ends_the_batch_in_one_line(folder: Path) -> None:
    text = 'echo "$@ cannot be read" >&2; echo "no MATLAB runtime" >&2; exit 1'
    with pytest.raises(InputError) as problem:
        _made(folder, command=f"{_program(folder, text)} {{images}}", outputs="m{name}.nii")
    said = str(problem.value)
    assert "imaging.t1.command: ended with code 1 and left no map of 3 images" in said
    assert said.endswith("no MATLAB runtime") and "(m{name}.nii)" in said and "\n" not in said and _ID not in said


def test_one_image_that_a_program_fails_on_ends_no_batch(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As when the others were made before."""
    command = f"{_program(folder, 'echo bad >&2; exit 1')} {{images}}"
    [(answer, _)] = _made(folder, _images(folder)[:1], command=command, outputs="m{name}.nii").values()
    assert answer == Answer(reason=_NONE, again=True) and "it said last: bad" in caplog.text


@pytest.mark.parametrize("images", [1, 3])
def test_a_program_that_is_not_there_is_said(images: int, folder: Path) -> None:
    with pytest.raises(InputError, match=r"ended with code 127 and left no map of \d images.*no_such_program: .*found"):
        _made(folder, _images(folder)[:images], command="no_such_program {images}", outputs="m{name}.nii")


def test_unreadable_images_never_reach_the_program(folder: Path) -> None:
    text = f'echo "$@" > {folder}/said; for i in "$@"; do cp {folder}/map.nii "$(dirname "$i")/m$(basename "$i")"; done'
    (folder / "cut.nii.gz").write_bytes((folder / f"{_ID}a.nii.gz").read_bytes()[:500])
    edges, shape = (5.0, 2.0, 2.0), (40, 80, 80)
    (folder / "coarse.nii.gz").write_bytes(image_bytes(made_head(shape, edges), placed(edges, shape)))
    spoiled = [str(folder / name) for name in ("cut.nii.gz", "none.nii", "coarse.nii.gz")]
    images = [spoiled[0], *_images(folder)[:1], *spoiled[1:]]
    made = _made(folder, images, command=f"{_program(folder, text)} {{images}}", outputs="m{name}.nii")
    reasons = [(answer.reason, answer.again) for answer, _ in made.values()]
    coarse = ("images with voxels of more than 3 mm", True)
    assert reasons == [("unreadable or truncated files", True), (None, False), ("missing files", True), coarse]
    assert (folder / "said").read_text().count(".nii") == 1
    made = _made(folder, spoiled, command="no_such_program {images}", outputs="m{name}.nii")
    assert all(answer.reason for answer, _ in made.values()), "nothing is left to run it for"


def test_a_map_that_cannot_be_used_is_counted(folder: Path) -> None:
    text = 'echo no map > "$1/mimage00000.nii"; touch "$1/mimage00001.nii"; exit 0'
    made = _made(folder, command=f"{_program(folder, text)} {{folder}}", outputs="m{name}.nii")
    reasons = [answer.reason for answer, _ in made.values()]
    assert reasons == ["images whose map is among: unreadable or truncated files"] * 2 + [_NONE]


def test_braces_of_the_shell_stay(folder: Path) -> None:
    """Variables, loops and awk in a command are the shell's own."""
    command = (
        f"folder={folder}; for i in {{images}}; do j=${{i##*/}}; "
        f"cp ${{folder}}/map.nii {{folder}}/m${{j}}; done; echo | awk '{{print \"x\"}}' > {folder}/said"
    )
    assert all(answer.measures for answer, _ in _made(folder, command=command, outputs="m{name}.nii").values())
    assert (folder / "said").read_text() == "x\n"
