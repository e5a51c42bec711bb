"""Declared columns of the sparse CCA tables."""

import pyarrow as pa

_FOLD = pa.field("fold", pa.int8(), nullable=False)
_COMPONENT = pa.field("component", pa.int8(), nullable=False)

WEIGHTS = pa.schema(
    [
        _FOLD,
        _COMPONENT,
        pa.field("view", pa.string(), nullable=False),  # imaging or genetics
        pa.field("node", pa.int64(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),  # of the standardised node
        pa.field("mean", pa.float64(), nullable=False),
        pa.field("sd", pa.float64(), nullable=False),
        pa.field("stability", pa.float64(), nullable=False),  # share of inner folds whose refit selects the node
        pa.field("converged", pa.bool_(), nullable=False),
    ]
)
VARIATES = pa.schema(
    [
        _FOLD,
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("part", pa.string(), nullable=False),
        pa.field("outcome_group", pa.int8()),
        _COMPONENT,
        pa.field("imaging", pa.float64(), nullable=False),
        pa.field("genetics", pa.float64(), nullable=False),
    ]
)
CORRELATIONS = pa.schema(
    [
        _FOLD,
        _COMPONENT,
        pa.field("encoders", pa.string(), nullable=False),  # chosen, or label_free: terms (1) and (2) alone
        pa.field("pairing", pa.string(), nullable=False),  # true, or shuffled: mean over random pairings
        pa.field("split", pa.string(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("r", pa.float64()),
        pa.field("n", pa.int64(), nullable=False),
        # beyond confounds, where p is given: validation people of the true pairing
        pa.field("partial_r", pa.float64()),
        # of partial_r, family-wise over the fold's components. Folds share people and are never pooled or counted: the
        # study's one p of a component is that of COMPONENTS
        pa.field("p", pa.float64()),
    ]
)
COMPONENTS = pa.schema(
    [
        _COMPONENT,
        pa.field("r", pa.float64()),  # Pearson, of the holdout's variates averaged over folds
        pa.field("partial_r", pa.float64()),  # of the same beyond confounds; missing: too few people for the confounds
        pa.field("n", pa.int64(), nullable=False),  # holdout people
        pa.field("p", pa.float64()),  # of partial_r, family-wise over components: the study's one p
        pa.field("r_out_of_fold", pa.float64()),  # mean over folds of the validation people's partial r
        pa.field("n_needed", pa.float64()),  # people that Helmer et al. 2024 ask for at partial_r; missing: r <= 0
        pa.field("n_fit", pa.int64(), nullable=False),  # people a fold's sparse CCA was fitted on, mean over folds
        pa.field("folds", pa.int64(), nullable=False),  # that have the component
        pa.field("converged", pa.bool_(), nullable=False),  # in all folds that have it
        # largest principal angle (degrees) of components 1 to this one between two folds, mean over pairs of folds
        pa.field("angle_imaging", pa.float64()),
        pa.field("angle_genetics", pa.float64()),
        # correlation of the component's variates by two folds, mean over pairs of folds
        pa.field("agreement_imaging", pa.float64()),
        pa.field("agreement_genetics", pa.float64()),
    ]
)
GRID = pa.schema(
    [
        _FOLD,
        pa.field("components", pa.int8(), nullable=False),
        pa.field("penalty_imaging", pa.float64(), nullable=False),
        pa.field("penalty_genetics", pa.float64(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),  # summed held-out correlations, mean over inner folds
        pa.field("converged", pa.bool_(), nullable=False),
        pa.field("alive", pa.int8(), nullable=False),  # components with weights in every inner fold
        pa.field("chosen", pa.bool_(), nullable=False),
        # held-out r of the last of so many components at penalties chosen without the people it is of, and the
        # standard error of its mean over folds
        pa.field("nested_r", pa.float64(), nullable=False),
        pa.field("nested_error", pa.float64(), nullable=False),
    ]
)
