"""Views that share a planted factor, and folds of people with such embeddings."""

import numpy as np
import pandas as pd

from cgni.base.views import VIEWS
from cgni.networks.scaling import Scaling


def planted_views(people: int = 400, nodes: int = 20, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Standardised views whose first three nodes hold a factor, and the factor."""
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal(people)
    views = {}
    for view in VIEWS:
        values = rng.standard_normal((people, nodes))
        values[:, :3] += factor[:, None]
        views[view] = Scaling.fit(values).apply(values)
    return views, factor


def planted_study(people: int = 600, folds: int = 2) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Embeddings of all folds, participants and splits; the WM score rises with the planted factor."""
    rng = np.random.default_rng(1)
    ids = pd.Index([f"p{number:03d}" for number in range(people)])
    views, factor = planted_views(people, 8)
    # in every second fold the latent space is mirrored, as that of encoders trained anew may be
    embeddings = []
    for fold in range(folds):
        columns = {f"{view}_{node}": values[:, node] for view, values in views.items() for node in range(8)}
        noise = rng.standard_normal((people, len(columns))) * 0.1
        table = (pd.DataFrame(columns) + noise) * (-1) ** fold
        table.insert(0, "participant_id", ids)
        embeddings.append(table.assign(fold=fold))
    holdout = np.arange(people) >= people * 0.9
    splits = pd.DataFrame({"participant_id": ids, "role": np.where(holdout, "holdout", "development")})
    splits["fold"] = np.where(holdout, -1, np.arange(people) % folds)
    for fold in range(folds):
        splits[f"monitor_{fold}"] = (rng.random(people) < 0.4) & (splits["fold"] != fold) & ~holdout
    score = factor + rng.standard_normal(people)
    participants = pd.DataFrame(
        {
            "participant_id": ids,
            "family": ids,
            "largest_ancestry": rng.random(people) < 0.9,
            "outcome_group": pd.array(np.where(score > 0.5, 1, np.where(score < -0.5, 0, -1)), "Int8"),
            "outcome": score,
            "age": rng.uniform(45, 80, people),
            "sex": rng.integers(0, 2, people),
            "head_size": rng.normal(1.3, 0.1, people),
            "site": "11025",
        }
    )
    participants["outcome_group"] = participants["outcome_group"].mask(participants["outcome_group"] < 0)
    return pd.concat(embeddings, ignore_index=True), participants, splits
