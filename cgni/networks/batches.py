"""Batches in which every class is there at least twice."""

import numpy as np

from cgni.base.errors import InputError

_PER_CLASS = 2
_NO_CLASS = -1


def class_aware_batches(labels: np.ndarray, batch_size: int, seed: int) -> list[np.ndarray]:
    """A shuffled pass over everybody in batches of nearly equal size with >= 2 people of each class.

    Classes are spread evenly over the batches, so that shares differ by at most one person a
    class; the number of batches is reduced where a small class could not fill them.

    Parameters
    ----------
    labels
        Class of each person; people of no class (-1) are spread evenly too. Nobody of any class: plain batches.
    batch_size
        Largest batch wanted; at least 2 a class.

    Raises
    ------
    InputError
        A class with fewer than two people, or one class alone.
    """
    classes = np.unique(labels)
    counts = np.array([np.sum(labels == label) for label in classes if label != _NO_CLASS])
    if len(counts) and (len(counts) < 2 or counts.min() < _PER_CLASS):
        raise InputError(
            f"class-aware batches need at least {_PER_CLASS} people of each of 2 classes; there are {counts.tolist()}"
        )
    rng = np.random.default_rng(seed)
    wanted = -(-len(labels) // batch_size)
    number = min(wanted, int(counts.min()) // _PER_CLASS) if len(counts) else wanted
    parts: list[list[np.ndarray]] = [[] for _ in range(number)]
    for offset, label in enumerate(classes):
        members = rng.permutation(np.flatnonzero(labels == label))
        # the larger shares come first, so every second class starts from the other end
        shares = np.array_split(members, number)[:: -1 if offset % 2 else 1]
        for part, share in zip(parts, shares, strict=True):
            part.append(share)
    return [rng.permutation(np.concatenate(part)) for part in parts]
