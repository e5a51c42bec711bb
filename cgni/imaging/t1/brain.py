"""Where the brain is in the image of a head, by the two networks of deepbet.

Fisch et al. 2024, deepbet: Fast brain extraction of T1-weighted MRI using convolutional neural networks. Computers in
Biology and Medicine 179. The wheel's weights are used (MIT); its own code is not imported, since that needs libraries
under the LGPL.
"""

import functools
import importlib.metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.ndimage import binary_fill_holes, label

from cgni.base.errors import InputError
from cgni.imaging.reading import UnusableImageError

_BOX_EDGE, _NETWORK_EDGE = 128, 256  # voxels that the two networks look at, along each axis
_MEAN, _SD = 0.449, 0.226  # of the values that they were trained on
_IN_BOX = 0.02  # share of a plane that a brain covers
_MARGIN = 1.2  # times the brain's extent
_NO_BRAIN = "images in which no brain was found"


@functools.cache
def load_networks() -> tuple[Any, Any]:
    """The network that finds the brain's box, and the one that finds the brain in it.

    Raises
    ------
    InputError
        deepbet's wheel is not installed.
    """
    try:
        files = importlib.metadata.files("deepbet") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    weights = {file.name: Path(str(file.locate())) for file in files if file.suffix == ".pt"}
    if not {"bbox_model.pt", "model.pt"} <= weights.keys():
        raise InputError("imaging.source t1: the weights of deepbet are not there; run `make setup`")
    box, brain = (torch.jit.load(str(weights[name]), "cpu").eval() for name in ("bbox_model.pt", "model.pt"))  # type: ignore[no-untyped-call]
    return box, brain


def brain_mask(values: np.ndarray) -> np.ndarray:
    """Voxels (bool, x, y, z) of the brain in an image (float32, x, y, z) whose axes lead right, forwards and up.

    A network finds the box of the brain in the whole image, another the brain in that box.

    Raises
    ------
    UnusableImageError
        No brain, or nothing but one value.
    """
    box_network, brain_network = load_networks()
    image = torch.from_numpy(values)
    with torch.inference_mode():
        small = _resized(image, (_BOX_EDGE,) * 3)
        low, high = small.quantile(0.005), small.quantile(0.995)
        if not high > low:
            raise UnusableImageError(_NO_BRAIN)
        rough = _largest(_probability(box_network, _normalised(small, low, high)) > 0.5)
        box = tuple(_extent(rough, axis, values.shape[axis]) for axis in range(3))
        inside = _normalised(_resized(image[box], (_NETWORK_EDGE,) * 3), low, high)
        probability = torch.from_numpy(_probability(brain_network, inside))
        brain = _resized(probability, image[box].shape).numpy() > 0.5
    mask = np.zeros(values.shape, dtype=bool)
    mask[box] = binary_fill_holes(_largest(brain))
    return mask


def _probability(network: Any, values: torch.Tensor) -> np.ndarray:
    found: np.ndarray = network(values[None, None])[0, 1].numpy()
    return found


def _normalised(values: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    scaled = ((values - low) / (high - low)).clamp(0, 1)
    return _SD * (scaled - scaled.mean()) / scaled.std() + _MEAN


def _resized(values: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    return torch.nn.functional.interpolate(values[None, None], tuple(shape), mode="nearest-exact")[0, 0]


def _largest(mask: np.ndarray) -> np.ndarray:
    """The largest connected part of a mask."""
    numbers, count = label(mask)
    if not count:
        raise UnusableImageError(_NO_BRAIN)
    largest: np.ndarray = numbers == np.bincount(numbers.ravel())[1:].argmax() + 1
    return largest


def _extent(rough: np.ndarray, axis: int, size: int) -> slice:
    """Where the brain lies along an axis of `size` voxels, with a margin."""
    shares = rough.mean(axis=tuple(other for other in range(3) if other != axis))
    covered = np.flatnonzero(shares > _IN_BOX)
    if not len(covered):
        raise UnusableImageError(_NO_BRAIN)
    voxels = size / rough.shape[axis]
    centre = round((covered[-1] + 1 + covered[0]) / 2 * voxels)
    width = round((covered[-1] + 1 - covered[0]) * voxels * _MARGIN)
    return slice(max(0, int(centre - width / 2)), min(size, int(centre + width / 2)))
