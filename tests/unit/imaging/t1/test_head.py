"""An image of a head as it is found: whichever way its voxels run, however large they are."""

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import axcodes2ornt, io_orientation, ornt_transform
from scipy.spatial.transform import Rotation

from cgni.imaging.reading import ReadMap, UnusableImageError
from cgni.imaging.t1.head import head_of, is_stripped
from tests.unit.imaging.t1.heads import EDGES, SHAPE, as_read, made_head, placed

_CODES = ("RAS", "LAS", "LPS", "PIL", "PSR", "SAR", "ASL", "IRP", "RIA")


def _turned(code: str, image: nib.Nifti1Image) -> ReadMap:
    """The same head in a file whose axes lead to the sides of `code`."""
    turn = ornt_transform(io_orientation(image.affine), axcodes2ornt(tuple(code)))
    turned = image.as_reoriented(turn)
    assert "".join(nib.aff2axcodes(turned.affine)) == code
    return as_read(np.asarray(turned.dataobj), turned.affine)


@pytest.mark.parametrize("code", _CODES)
def test_the_same_head_in_any_order_of_axes_is_the_same(code: str) -> None:
    values, affine = made_head(), placed()
    head = head_of(_turned(code, nib.Nifti1Image(values, affine)))
    np.testing.assert_array_equal(head.values, values)
    np.testing.assert_allclose(head.affine, affine, atol=1e-9)
    assert head.values.dtype == np.float32 and head.values.flags.c_contiguous
    assert head.voxel_mm == max(EDGES) and head.voxel_ml == pytest.approx(np.prod(EDGES) / 1000)


@pytest.mark.parametrize("degrees", [(12, 0, 0), (-8, 15, 5), (20, -20, 20)])
def test_an_oblique_head_keeps_its_voxels_and_its_place(degrees: tuple[float, ...]) -> None:
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
    oblique = turn @ placed()
    head = head_of(_turned("PIL", nib.Nifti1Image(made_head(), oblique)))
    np.testing.assert_array_equal(head.values, made_head())
    np.testing.assert_allclose(head.affine, oblique, atol=1e-9)
    assert head.voxel_mm == pytest.approx(max(EDGES))


def test_left_and_right_are_never_exchanged() -> None:
    """A mirrored affine over the same voxels is a mirrored head."""
    mirrored = placed() @ np.diag([-1, 1, 1, 1])
    head = head_of(as_read(made_head(), mirrored))
    np.testing.assert_array_equal(head.values, made_head()[::-1])
    assert head.affine[0, 0] > 0


@pytest.mark.parametrize("edges", [(0.5, 0.5, 0.5), (0.5, 0.5, 2.5), (1.0, 1.0, 1.0), (1.2, 1.0, 1.0)])
def test_finer_voxels_are_brought_to_one_and_a_half_millimetres(edges: tuple[float, ...]) -> None:
    shape = tuple(int(150 / edge) for edge in edges)
    head = head_of(as_read(made_head(shape, edges), placed(edges, shape)))
    found = tuple(np.linalg.norm(head.affine[:3, :3], axis=0))
    np.testing.assert_allclose(found, [max(edge, 1.5) for edge in edges])
    assert head.voxel_mm == max(edges)
    values, affine = made_head(shape, edges), placed(edges, shape)
    assert head.values.sum() * head.voxel_ml == pytest.approx(values.sum() * np.prod(edges) / 1000, rel=0.01)
    np.testing.assert_allclose(_centre(head.values, head.affine), _centre(values, affine), atol=0.3)


def _centre(values: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Where the middle of what an image shows lies (mm)."""
    middle = np.average(np.indices(values.shape).reshape(3, -1), 1, values.ravel())
    return affine[:3, :3] @ middle + affine[:3, 3]


def test_coarser_voxels_stay_as_they_are() -> None:
    shape, edges = (100, 110, 90), (1.5, 1.4, 1.6)
    head = head_of(as_read(made_head(shape, edges), placed(edges, shape)))
    np.testing.assert_array_equal(head.values, made_head(shape, edges))


def test_values_below_zero_are_lifted() -> None:
    head = head_of(as_read(made_head() - 1024, placed()))
    assert head.values.min() == 0
    np.testing.assert_allclose(head.values, made_head(), atol=1e-3)


@pytest.mark.parametrize(
    ("edges", "shape", "message"),
    [
        ((3.1, 1.0, 1.0), (60, 160, 140), "images with voxels of more than 3 mm"),
        ((1.0, 1.0, 6.5), (160, 160, 30), "images with voxels of more than 3 mm"),
        ((2.0, 2.0, 2.0), (80, 80, 40), "field of view holds no whole head"),
        ((1.0, 1.0, 1.0), (1, 256, 256), "field of view holds no whole head"),
    ],
)
def test_what_cannot_show_gray_matter_is_refused(
    edges: tuple[float, ...], shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(UnusableImageError, match=message):
        head_of(as_read(made_head(shape, edges), placed(edges, shape)))


def test_three_millimetres_by_a_rounded_header_pass() -> None:
    edges = (3.0, 3.01, 3.0)
    assert head_of(as_read(made_head(SHAPE, edges), placed(edges))).voxel_mm == 3.01


def test_the_box_of_a_mask_stays_where_it_lies() -> None:
    head = head_of(as_read(made_head(), placed()))
    mask = np.zeros(SHAPE, dtype=bool)
    mask[20:50, 3:40, 10:59] = True
    part, inside = head.cropped(mask, 5)
    assert part.values.shape == inside.shape == (40, 45, 55)  # a margin ends where the image does
    np.testing.assert_array_equal(part.values, head.values[15:55, :45, 5:])
    np.testing.assert_allclose(part.affine @ [0, 0, 0, 1], head.affine @ [15, 0, 5, 1])
    assert inside.sum() == mask.sum()


def test_an_image_without_its_skull_is_told_from_one_with_it() -> None:
    values = made_head()
    around = values > 20
    assert is_stripped(head_of(as_read(np.where(around, values, 0), placed())), around)
    assert not is_stripped(head_of(as_read(values, placed())), around)
