"""Occlusion sensitivity, equation (6): what a canonical variate loses without a region or a SNP."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import torch
from scipy.ndimage import gaussian_filter

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


def occlude_maps(maps: np.ndarray, masks: Sequence[np.ndarray], baselines: np.ndarray, score: Score) -> np.ndarray:
    """score - score without each region, float64 [people, regions, components].

    Parameters
    ----------
    maps
        float32 [people, x, y, z], raw.
    masks
        bool [x, y, z] of each region.
    baselines
        What stands in for occluded voxels, float32 [people or 1, x, y, z].
    """
    losses = []
    with torch.inference_mode():
        for number, density in enumerate(maps):
            base = baselines[min(number, len(baselines) - 1)]
            batch = np.stack([density, *(np.where(mask, base, density) for mask in masks)])
            scores = score(torch.from_numpy(batch)[:, None])
            losses.append((scores[:1] - scores[1:]).numpy())
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


def map_baselines(kind: str, maps: np.ndarray, mean_map: np.ndarray) -> np.ndarray:
    """Stand-ins of occluded voxels: gray matter 0, the mean map of training people, or each map blurred."""
    if kind == "zero":
        return np.zeros((1, *maps.shape[1:]), np.float32)
    if kind == "mean":
        return mean_map[None].astype(np.float32)
    return np.stack([gaussian_filter(density, 3.0) for density in maps])


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
