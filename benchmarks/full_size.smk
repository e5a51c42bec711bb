# The contrastive and the classification stage on simulated features (benchmarks/full_size_features.py).
configfile: "config.yaml"


include: "../rules/common.smk"
include: "../rules/common_models.smk"
include: "../rules/contrastive.smk"
include: "../rules/classification.smk"


rule full_size:
    default_target: True
    input:
        result("classification/performance.parquet"),
        result("classification/comparisons.parquet"),
        result("classification/increments.parquet"),
