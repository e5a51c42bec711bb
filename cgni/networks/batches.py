"""Batches in which every class is there at least twice."""

import numpy as np

from cgni.base.errors import InputError

_PER_CLASS = 2


def class_aware_batches(labels: np.ndarray, batch_size: int, seed: int) -> list[np.ndarray]:
    """A shuffled pass over everybody in batches of nearly equal size with >= 2 people of each class.

    Classes are spread evenly over the batches, so that shares differ by at most one person a
    class; the number of batches is reduced where a small class could not fill them.

    Parameters
    ----------
    labels
        Class of each person.
    batch_size
        Largest batch wanted; at least 2 a class.

    Raises
    ------
    InputError
        A class with fewer than two people.
    """
    classes, counts = np.unique(labels, return_counts=True)
    if len(classes) < 2 or counts.min() < _PER_CLASS:
        raise InputError(
            f"class-aware batches need at least {_PER_CLASS} people of each of 2 classes; there are {counts.tolist()}"
        )
    rng = np.random.default_rng(seed)
    number = min(-(-len(labels) // batch_size), int(counts.min()) // _PER_CLASS)
    parts: list[list[np.ndarray]] = [[] for _ in range(number)]
    for offset, label in enumerate(classes):
        members = rng.permutation(np.flatnonzero(labels == label))
        # the larger shares come first, so every second class starts from the other end
        shares = np.array_split(members, number)[:: -1 if offset % 2 else 1]
        for part, share in zip(parts, shares, strict=True):
            part.append(share)
    return [rng.permutation(np.concatenate(part)) for part in parts]
