"""What a fold's encoders make of everybody."""

import numpy as np
import pandas as pd
import torch

from cgni.base.tables import number_columns
from cgni.contrastive.encoders import EncoderPair
from cgni.fold_data.people import FoldData


def embed(pair: EncoderPair, data: FoldData) -> pd.DataFrame:
    """Embeddings of everybody with both modalities: participant_id, imaging_0 ..., genetics_0 ... (float32).

    Of a pair that holds the encoder of one view, that view's alone.
    """
    with torch.inference_mode():
        embedded = {view: pair.encode(view, torch.from_numpy(data.views[view])).numpy() for view in pair.scalings}
    names = [name for view, values in embedded.items() for name in number_columns(view, values.shape[1])]
    table = pd.DataFrame(np.hstack(list(embedded.values())), columns=names)
    table.insert(0, "participant_id", data.ids.to_numpy())
    return table
