"""Models as readers know them."""

_NAMES = {
    "imaging_cnn": "Imaging CNN",
    "genetic_nn": "Sparse genetic NN",
    "imaging_genetic_svm": "Imaging-genetic SVM",
    "imaging_genetic_nn": "Imaging-genetic NN",
    "confounds": "Confounds only",
}


def model_label(model: str) -> str:
    """A model's name, such as "CGNI (1)+(2)+(4)" for cgni_terms124."""
    if model.startswith("cgni_terms"):
        return "CGNI " + "+".join(f"({digit})" for digit in model.removeprefix("cgni_terms"))
    return _NAMES[model]
