"""Occlusion sensitivity, equation (6): what a canonical variate loses without a region or a SNP."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
import torch
from scipy.ndimage import gaussian_filter

# About 4 GiB of the published network's first block (32 channels of float32).
_BATCH_VOXELS = 16_000_000
# Scores [rows, components] of model inputs [rows, ...].
Score = Callable[[torch.Tensor], torch.Tensor]


def variate_readout(weights: pd.DataFrame, node: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """How latent nodes [rows, nodes] become one score a component.

    Parameters
    ----------
    weights
        One modality's rows of one fold (`schemas.WEIGHTS`).
    node
        `variate`: the canonical variate of the standardised nodes; `largest`: the single node of
        the largest absolute weight, as published (study B15).
    """
    weight = torch.tensor(weights.pivot(index="node", columns="component", values="weight").to_numpy())
    facts = weights.drop_duplicates("node").sort_values("node")
    mean, sd = torch.tensor(facts["mean"].to_numpy()), torch.tensor(facts["sd"].to_numpy())
    if node == "largest":
        chosen = weight.abs().argmax(dim=0)
        return lambda latent: latent.double()[:, chosen]
    return lambda latent: ((latent.double() - mean) / sd) @ weight


def occlude_maps(
    maps: Iterable[np.ndarray],
    masks: Sequence[np.ndarray],
    stand_in: Callable[[np.ndarray], np.ndarray],
    score: Score,
    voxels: int = _BATCH_VOXELS,
) -> np.ndarray:
    """score - score without each region, float64 [people, regions, components].

    Parameters
    ----------
    maps
        float32 [x, y, z], raw; taken one after the other.
    masks
        bool [x, y, z] of each region.
    stand_in
        Map whose voxels stand in for occluded ones of a given map (`map_baseline`).
    voxels
        How many voxels are scored at once, which bounds the memory of the network's first block.
    """
    losses = []
    with torch.inference_mode():
        for density in maps:
            base = stand_in(density)
            full = score(torch.from_numpy(density)[None, None])
            size = max(1, voxels // density.size)
            parts = []
            for start in range(0, len(masks), size):
                batch = np.stack([np.where(mask, base, density) for mask in masks[start : start + size]])
                parts.append(full - score(torch.from_numpy(batch)[:, None]))
            losses.append(torch.cat(parts).numpy())
    return np.stack(losses)


def occlude_counts(counts: np.ndarray, baseline: np.ndarray, score: Score) -> np.ndarray:
    """score - score without each SNP, float64 [people, SNPs, components].

    `counts` is float32 [people, SNPs]; `baseline` float32 [SNPs] stands in for an occluded count.
    """
    values = torch.from_numpy(counts)
    losses = []
    with torch.inference_mode():
        full = score(values)
        for snp in range(counts.shape[1]):
            occluded = values.clone()
            occluded[:, snp] = float(baseline[snp])
            losses.append((full - score(occluded)).numpy())
    return np.stack(losses, axis=1)


def map_baseline(kind: str, mean_map: np.ndarray | None = None) -> Callable[[np.ndarray], np.ndarray]:
    """What stands in for a map's occluded voxels: `zero` (no gray matter), `mean` (`mean_map` of training
    people), or `blur` (the map itself, Gaussian SD 3 voxels)."""
    if kind == "zero":
        return np.zeros_like
    if kind == "mean":
        assert mean_map is not None
        return lambda density: mean_map
    return lambda density: gaussian_filter(density, 3.0)


def contribution_table(
    losses: np.ndarray, features: Sequence[str], values: np.ndarray, scores: np.ndarray, sizes: np.ndarray, fold: int
) -> pd.DataFrame:
    """Mean and mean absolute loss of each feature and component (`schemas.OCCLUSION`).

    `values` [people, features] and `scores` [people, components] give each feature's
    correlation with the score, whose sign is the direction (study B24).
    """
    people, _, components = losses.shape
    correlation = _correlations(values, scores)
    tables = [
        pd.DataFrame(
            {
                "fold": fold,
                "component": component + 1,
                "feature": list(features),
                "contribution": losses[:, :, component].mean(axis=0),
                "absolute": np.abs(losses[:, :, component]).mean(axis=0),
                "correlation": correlation[:, component],
                "size": sizes,
                "people": people,
            }
        )
        for component in range(components)
    ]
    return pd.concat(tables, ignore_index=True)


def _correlations(values: np.ndarray, scores: np.ndarray) -> np.ndarray:
    a, b = values - values.mean(axis=0), scores - scores.mean(axis=0)
    scale = np.sqrt(np.outer((a**2).sum(axis=0), (b**2).sum(axis=0)))
    return np.divide(a.T @ b, scale, out=np.full(scale.shape, np.nan), where=scale > 1e-12)
