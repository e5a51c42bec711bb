"""People without any link between what they have."""

import numpy as np
import pandas as pd


def drawn_people(count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Confounds, WM and two factors, all independent; the cline is 0 in the second ancestry."""
    population = (rng.random(count) < 0.3).astype(int)
    return pd.DataFrame(
        {
            "participant_id": [str(1_000_000 + number) for number in range(count)],
            "age": rng.uniform(45, 80, count),
            "sex": rng.integers(0, 2, count),
            "site": rng.choice([11025, 11026], count),
            "head_size": 1.3,
            "population": population,
            "cline": np.where(population == 0, rng.standard_normal(count), 0.0),
            "wm_liability": rng.standard_normal(count),
            "wm_score": rng.integers(2, 13, count),
            "member": True,
            "factor_0": rng.standard_normal(count),
            "factor_1": rng.standard_normal(count),
        }
    )
