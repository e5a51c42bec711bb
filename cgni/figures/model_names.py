"""Models as readers know them."""

_FEATURES = {"h": "h_v", "hg": "h_g", "counts": "SNPs"}
_NAMES = {
    "imaging_cnn": "Imaging CNN",
    "genetic_nn": "Sparse genetic NN",
    "genetic_linear": "Linear genetic model",
    "imaging_genetic_svm": "Imaging-genetic SVM",
    "imaging_genetic_nn": "Imaging-genetic NN",
    "confounds": "Confounds only",
}


def model_label(model: str) -> str:
    """A model's name, such as "CGNI (1)+(2)+(4)" for cgni_terms124."""
    if model.startswith("cgni_"):
        terms = "+".join(f"({digit})" for digit in model.rpartition("terms")[2])
        return f"CGNI {terms}" + (", linear genetic encoder" if model.startswith("cgni_linear_") else "")
    if model.startswith("head_"):
        return "CGNI head on " + " + ".join(_FEATURES[name] for name in model.split("_")[1:])
    return _NAMES[model]
