"""Tables of imaging features, and of their labels and units."""

from pathlib import Path
from typing import Any

from cgni.imaging.settings import TableSettings
from cgni.imaging.table.columns import FeatureColumn
from cgni.imaging.table.labels import named_features, read_labels
from cgni.imaging.table.reading import read_feature_table
from tests.unit.catalogue.case import clear, encodings, handled, not_text, written

_TEXT = "participant_id,left,right\n1000001,1.5,2\n1000020,1.25,NA\n"
_READ = {"1000001": 1.5, "1000020": 1.25}


def _left(path: Path) -> Any:
    """The values of the column left."""
    return read_feature_table(path, TableSettings(), (2, 3)).values["left"].to_dict()


def _names(path: Path) -> Any:
    columns = [FeatureColumn(name, name, None, "") for name in ("left", "right")]
    return named_features(columns, read_labels(path), path)["name"].tolist()


CASES = [
    *(handled(f"features {how}", written(text, _left), _READ) for how, text in encodings(_TEXT).items()),
    *not_text(_left, "features"),
    clear(
        "features: a word among numbers", written(_TEXT.replace("1.25", "high"), _left), "line 3, column left: not a"
    ),
    clear("features: decimal commas", written(_TEXT.replace(",", ";").replace(".", ","), _left), "decimal point"),
    clear("features: a person twice", written(_TEXT.replace("1000020", "1000001"), _left), "2 lines are of people"),
    clear("features: a line cut short", written(_TEXT.replace(",NA", ""), _left), "has 2 cells, the header 3"),
    clear("features: age among them", written(_TEXT.replace("right", "age"), _left), "age are no measures of brains"),
    clear("features: digits of ids lost", written(_TEXT.replace("1000001", "1.00000E+06"), _left), "have lost digits"),
    clear("features: nobody with a value", written("id,left\n1,\n2,NA\n", _left), "nobody has a value"),
    handled("labels of features: one without a unit", written("feature,label,unit\nleft,L,\n", _names), ["L", "right"]),
    clear("labels of other features", written("feature,label\nx,y\n", _names), "none of its 1 features is among"),
    clear("labels: one for two features", written("feature,label\nleft,x\nright,x\n", _names), "are called x"),
    clear("labels: a feature twice", written("feature,label\nleft,x\nleft,y\n", _names), "1 of a feature met before"),
]
