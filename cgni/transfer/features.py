"""h_v: what a fold's working-memory network makes of everybody's map."""

import pandas as pd

from cgni.base.tables import number_columns
from cgni.imaging.store import GmStore
from cgni.networks.device import Device
from cgni.pretraining.cnn import BrainCnn
from cgni.pretraining.evaluation import extract_features


def features_table(network: BrainCnn, store: GmStore, ids: pd.Index, device: Device) -> pd.DataFrame:
    """Features of `ids` in sorted order, in the columns of `transfer.schemas.features_schema`.

    Raises
    ------
    InputError
        Somebody has no packed map.
    """
    people = ids.sort_values()
    features = extract_features(network, store, store.rows_of(people), device)
    table = pd.DataFrame(features, columns=number_columns("h", network.n_features))
    table.insert(0, "participant_id", people)
    return table
