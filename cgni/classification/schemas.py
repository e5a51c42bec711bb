"""Declared columns of what the classification writes."""

import pyarrow as pa

POOLED = -1  # fold number of scores over all folds
PREDICTIONS = pa.schema(
    [
        pa.field("fold", pa.int8(), nullable=False),
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("part", pa.string(), nullable=False),
        pa.field("label", pa.int8(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
    ]
)
HOLDOUT = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("fold", pa.int8(), nullable=False),
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("label", pa.int8(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
    ]
)
SEARCH_SCORES = pa.schema(
    [
        pa.field("candidate", pa.string(), nullable=False),
        pa.field("settings", pa.string(), nullable=False),  # JSON of what differs from the config
        pa.field("fold", pa.int8(), nullable=False),  # -1: mean over folds
        pa.field("balanced_accuracy", pa.float64(), nullable=False),
    ]
)
PERFORMANCE = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("fold", pa.int8(), nullable=False),
        pa.field("metric", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("se", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        # a choice looked at this score (loss subset, searched settings): it is optimistic
        pa.field("selected", pa.bool_(), nullable=False),
    ]
)
COMPARISONS = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("other", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("group", pa.string(), nullable=False),  # table1, ablations: among whom Holm corrects
        pa.field("difference", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("permutation_p", pa.float64()),
        pa.field("permutation_p_holm", pa.float64()),
        pa.field("bootstrap_p", pa.float64()),
        pa.field("bootstrap_p_holm", pa.float64()),
        pa.field("mcnemar_p", pa.float64()),
        pa.field("mcnemar_p_holm", pa.float64()),
    ]
)
INCREMENTS = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),  # validation, holdout
        pa.field("people", pa.int64(), nullable=False),
        pa.field("auc_confounds", pa.float64()),  # of the stack with the confounds-only model alone
        pa.field("auc_stack", pa.float64()),  # of the stack with this model beside it
        pa.field("increment", pa.float64()),
        pa.field("se", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("unseen", pa.bool_(), nullable=False),  # whether no network or head was fitted on monitor people
    ]
)
STRATA = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("by", pa.string(), nullable=False),  # ancestry, age
        pa.field("stratum", pa.string(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("people_high", pa.int64(), nullable=False),
        pa.field("balanced_accuracy", pa.float64()),
        pa.field("balanced_accuracy_low", pa.float64()),
        pa.field("balanced_accuracy_high", pa.float64()),
        pa.field("auc", pa.float64()),
        pa.field("auc_low", pa.float64()),
        pa.field("auc_high", pa.float64()),
    ]
)
CALIBRATION = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("brier", pa.float64()),
        pa.field("brier_of_share", pa.float64()),  # of giving everybody the share of the high group
        pa.field("ece", pa.float64()),
        pa.field("ece_limit", pa.float64()),  # 95 % of calibrated models of so many people lie below
        pa.field("poor", pa.bool_(), nullable=False),  # ece above its limit
        pa.field("temperature", pa.float64(), nullable=False),  # geometric mean over folds
        pa.field("brier_scaled", pa.float64()),
        pa.field("ece_scaled", pa.float64()),
        pa.field("unseen", pa.bool_(), nullable=False),  # as in INCREMENTS
    ]
)
RELIABILITY = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("scaled", pa.bool_(), nullable=False),  # after temperature scaling
        pa.field("bin", pa.int8(), nullable=False),  # from the lowest probabilities, from 1
        pa.field("people", pa.int64(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),  # mean of the bin
        pa.field("observed", pa.float64(), nullable=False),  # share of the high group
    ]
)
