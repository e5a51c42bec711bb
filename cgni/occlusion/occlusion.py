"""Occlusion sensitivity, equation (6): what a canonical variate loses without a region or a SNP."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import torch
from scipy.ndimage import gaussian_filter

from cgni.contrastive.encoders import EncoderPair

# Rows of the genetic encoder evaluated at once: large enough for fast products, small enough for the cache.
_ROWS = 8192
# Scores [rows, components] of latent vectors [rows, nodes].
Readout = Callable[[torch.Tensor], torch.Tensor]


def variate_readout(weights: pd.DataFrame, node: str) -> Readout:
    """How latent nodes [rows, nodes] become one score a component.

    Parameters
    ----------
    weights
        One modality's rows of one fold (`schemas.WEIGHTS`).
    node
        `variate`: the canonical variate of the standardised nodes; `largest`: the single node of
        the largest absolute weight, as published (study B15).
    """
    table = weights.pivot(index="node", columns="component", values="weight").sort_index()
    facts = weights.drop_duplicates("node").sort_values("node")
    return readout(table.to_numpy(), facts["mean"].to_numpy(), facts["sd"].to_numpy(), node)


def readout(weights: np.ndarray, mean: np.ndarray, sd: np.ndarray, node: str) -> Readout:
    """The same from weights [nodes, components] of nodes standardised by `mean` and `sd`."""
    weight, centre, scale = (torch.tensor(np.asarray(array)) for array in (weights, mean, sd))
    if node == "largest":
        chosen = weight.abs().argmax(dim=0)
        return lambda latent: latent.double()[:, chosen]
    return lambda latent: ((latent.double() - centre) / scale) @ weight


def region_losses(pair: EncoderPair, intact: torch.Tensor, occluded: torch.Tensor, read: Readout) -> np.ndarray:
    """score - score without each region, float64 [people, regions, components].

    Parameters
    ----------
    intact : h_v [people, features].
    occluded : h_v without each region, [people, regions, features] (`incremental.occluded_features`).
    """
    people, regions, _ = occluded.shape
    with torch.inference_mode():
        full = read(pair.imaging(intact))
        without = read(pair.imaging(occluded.flatten(0, 1)))
        return (full[:, None] - without.view(people, regions, -1)).numpy()


def occlude_counts(
    pair: EncoderPair, counts: np.ndarray, baseline: np.ndarray, read: Readout, rows: int = _ROWS
) -> np.ndarray:
    """score - score without each SNP, float64 [people, SNPs, components].

    Occluding a SNP adds one column of the first layer, times the change in its count, to that
    layer's output; where the count already is the baseline nothing changes and nothing is computed.

    Parameters
    ----------
    counts : float [people, SNPs], in the encoder's precision.
    baseline : float [SNPs], what stands in for an occluded count.
    """
    values, stand_in = torch.from_numpy(counts), torch.from_numpy(baseline.astype(counts.dtype))
    first = pair.genetic_mlp.linears[0]
    with torch.inference_mode():
        scaled = pair.scaling_counts.apply(values)
        change = pair.scaling_counts.apply(stand_in[None]) - scaled
        hidden, columns = first(scaled), first.weight.T.contiguous()
        full = read(pair.genetic_from_first(hidden))
        losses = torch.zeros((*counts.shape, full.shape[1]), dtype=torch.float64)
        person, snp = torch.nonzero(values != stand_in, as_tuple=True)
        for start in range(0, len(person), rows):
            who, what = person[start : start + rows], snp[start : start + rows]
            moved = torch.addcmul(hidden[who], change[who, what, None], columns[what])
            losses[who, what] = full[who] - read(pair.genetic_from_first(moved))
    return losses.numpy()


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
    losses: np.ndarray,
    features: Sequence[str],
    values: np.ndarray,
    scores: np.ndarray,
    sizes: np.ndarray,
    fold: int,
    numbers: Sequence[int],
) -> pd.DataFrame:
    """Mean and mean absolute loss of each feature and component (`schemas.OCCLUSION`).

    `values` [people, features] and `scores` [people, components] give each feature's
    correlation with the score, whose sign is the direction (study B24). `numbers` are the
    components' numbers.
    """
    people, _, components = losses.shape
    correlation = _correlations(values, scores)
    tables = [
        pd.DataFrame(
            {
                "fold": fold,
                "component": numbers[component],
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
