"""Declared columns of what the classification writes."""

import pyarrow as pa

POOLED = -1  # fold number of scores over all folds
# observed and predicted values: of groups 0 or 1 and the probability of the high group; of a continuous outcome its
# value and the predicted one, in its unit (the label then says in which half of the cohort the value lies)
LABEL, PROBABILITY = "label", "probability"
TARGET, PREDICTED = "target", "predicted"


def _answers(continuous: bool) -> list[pa.Field]:
    values = (TARGET, PREDICTED) if continuous else (PROBABILITY,)
    return [
        pa.field(LABEL, pa.int8(), nullable=False),
        *(pa.field(name, pa.float64(), nullable=False) for name in values),
    ]


def predictions_schema(continuous: bool = False) -> pa.Schema:
    """A model's predictions of development people, one row a fold and person."""
    return pa.schema(
        [
            pa.field("fold", pa.int8(), nullable=False),
            pa.field("participant_id", pa.string(), nullable=False),
            pa.field("part", pa.string(), nullable=False),
            *_answers(continuous),
        ]
    )


def holdout_schema(continuous: bool = False) -> pa.Schema:
    """All models' predictions of holdout people."""
    return pa.schema(
        [
            pa.field("model", pa.string(), nullable=False),
            pa.field("fold", pa.int8(), nullable=False),
            pa.field("participant_id", pa.string(), nullable=False),
            *_answers(continuous),
        ]
    )


PREDICTIONS, HOLDOUT = predictions_schema(), holdout_schema()
SEARCH_SCORES = pa.schema(
    [
        pa.field("candidate", pa.string(), nullable=False),
        pa.field("settings", pa.string(), nullable=False),  # JSON of what differs from the config
        pa.field("fold", pa.int8(), nullable=False),  # -1: mean over folds
        pa.field("score", pa.float64(), nullable=False),  # balanced accuracy, or R²
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
        pa.field("mcnemar_p", pa.float64()),  # of groups alone
        pa.field("mcnemar_p_holm", pa.float64()),
    ]
)
INCREMENTS = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),  # validation, holdout
        pa.field("people", pa.int64(), nullable=False),
        # AUC, or R² of a continuous outcome, of the stack with the confounds-only model alone
        pa.field("score_confounds", pa.float64()),
        pa.field("score_stack", pa.float64()),  # of the stack with this model beside it
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
        pa.field("metric", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
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
# of a continuous outcome: the least-squares line of observed on predicted values in unseen people (1 and 0 if they are
# calibrated), with percentile intervals of a bootstrap over families
LINE_CALIBRATION = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("slope", pa.float64()),
        pa.field("slope_low", pa.float64()),
        pa.field("slope_high", pa.float64()),
        pa.field("intercept", pa.float64()),
        pa.field("intercept_low", pa.float64()),
        pa.field("intercept_high", pa.float64()),
        pa.field("rmse", pa.float64()),
        pa.field("sd", pa.float64()),  # of the observed values: the error of giving everybody their mean
    ]
)
RELIABILITY = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("scaled", pa.bool_(), nullable=False),  # after temperature scaling
        pa.field("bin", pa.int8(), nullable=False),  # from the lowest predictions, from 1
        pa.field("people", pa.int64(), nullable=False),
        pa.field("predicted", pa.float64(), nullable=False),  # mean of the bin
        pa.field("observed", pa.float64(), nullable=False),  # share of the high group, or mean
    ]
)
