"""The two views of a person: what their code, tables and settings call them, and what their features are."""

IMAGING, GENETICS = "imaging", "genetics"
VIEWS = (IMAGING, GENETICS)
# one feature of a view, as tables and captions say it
FEATURE = {IMAGING: "region", GENETICS: "snp"}
FEATURES = {IMAGING: "regions", GENETICS: "SNPs"}
