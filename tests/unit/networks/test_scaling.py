"""Standardisation: the fit people's means and SDs, for arrays and tensors, through a checkpoint and back."""

import subprocess
import sys

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler

from cgni.networks.scaling import Scaling


def _rows() -> np.ndarray:
    rows = np.random.default_rng(0).normal(50, 3, (40, 4)).astype(np.float32)
    rows[:, 2] = 7  # constant
    return rows


def test_values_are_standardised_as_scikit_learn_does() -> None:
    rows, others = _rows(), _rows()[::-1] + 1
    scaling = Scaling.fit(rows)
    expected = StandardScaler().fit(rows.astype(np.float64)).transform(others.astype(np.float64))
    assert scaling.mean.dtype == scaling.sd.dtype == np.float64 and scaling.sd[2] == 1
    np.testing.assert_allclose(scaling.apply(others), expected, rtol=1e-6)


def test_tensors_keep_their_type_and_equal_the_arrays() -> None:
    scaling, rows = Scaling.fit(_rows()), _rows()
    scaled = scaling.apply(torch.from_numpy(rows))
    assert scaled.dtype == torch.float32
    expected = (rows - scaling.mean.astype(np.float32)) / scaling.sd.astype(np.float32)
    np.testing.assert_array_equal(scaled.numpy(), expected)
    np.testing.assert_array_equal(scaling.apply(torch.from_numpy(rows).double()).numpy(), scaling.apply(rows))


def test_constant_columns_are_centred_and_not_divided() -> None:
    scaling = Scaling.fit(np.array([[1.0, 2.0], [1.0, 4.0]], np.float32))
    torch.testing.assert_close(scaling.apply(torch.tensor([[1.0, 4.0]])), torch.tensor([[0.0, 1.0]]))


def test_a_state_is_plain_and_restores_the_same_numbers(tmp_path) -> None:
    scaling = Scaling.fit(_rows())
    torch.save(scaling.state(), tmp_path / "state.pt")
    loaded = Scaling.of(torch.load(tmp_path / "state.pt", weights_only=True))
    np.testing.assert_array_equal(loaded.mean, scaling.mean)
    np.testing.assert_array_equal(loaded.sd, scaling.sd)


def test_arrays_are_scaled_without_torch() -> None:
    code = "import sys; from cgni.networks.scaling import Scaling; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
