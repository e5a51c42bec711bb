"""Simulated images of few people."""

import dataclasses
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from cgni.simulation.images import SimulatedImages, simulate_images
from cgni.simulation.polygenic import EqtlSnps
from cgni.simulation.settings import SimulatedImagesSettings, SimulationSettings
from tests.unit.simulation.people import drawn_people


def _blocks(path: Path) -> Path:
    """A label image in MNI space: four slabs of the brain, from left to right."""
    labels = np.zeros((30, 35, 30), np.int16)
    for number in range(4):
        labels[6 + 5 * number : 10 + 5 * number, 10:26, 10:20] = number + 1
    affine = np.diag([6.0, 6.0, 6.0, 1.0])
    affine[:3, 3] = (-90, -126, -72)
    nib.save(nib.Nifti1Image(labels, affine), path)
    return path


def drawn_images(folder: Path, **images: Any) -> SimulatedImages:
    """40 people's images in which nothing but the factors differs, save what `images` changes."""
    settings = SimulatedImagesSettings(
        voxel_mm=9,
        regions_per_factor=1,
        loading=1.0,
        age_loss=0.0,
        sex_effect=0.0,
        ancestry_effect=0.0,
        site_gain=0.0,
        noise=0.0,
        without_image=0.0,
        outliers=0,
    )
    settings = dataclasses.replace(settings, **images)
    people = drawn_people(40, np.random.default_rng(4))
    genotypes = np.random.default_rng(5).binomial(2, 0.4, (40, 10)).astype(np.int8)
    snps = EqtlSnps(genotypes, np.array([f"v{number}" for number in range(10)]))
    return simulate_images(people, snps, _blocks(folder / "atlas.nii.gz"), SimulationSettings(images=settings), 11)
