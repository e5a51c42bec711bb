"""People of the genotype files: Oxford .sample files."""

from pathlib import Path

import pandas as pd

from workflow_scripts.cgni.errors import InputError


def read_sample(path: str | Path) -> pd.DataFrame:
    """People of a .sample file: str column participant_id (ID_2), float column missing (NaN if not stated).

    Two header lines (`ID_1 ID_2 missing ...` and the types `0 0 0 ...`), then one line a person.

    Raises
    ------
    InputError
        No such file, not a .sample file, nobody in it, or ids that appear twice.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such .sample file; set inputs.genotypes.sample")
    people = pd.read_csv(path, sep=r"\s+", dtype=str, keep_default_na=False)
    if list(people.columns[:2]) != ["ID_1", "ID_2"] or people.empty or list(people.iloc[0, :2]) != ["0", "0"]:
        raise InputError(f"{path}: not a .sample file; its first lines must be `ID_1 ID_2 missing ...` and `0 0 0 ...`")
    people = people.iloc[1:]
    if people.empty:
        raise InputError(f"{path}: holds nobody")
    missing = people["missing"] if "missing" in people.columns else pd.Series("", index=people.index)
    listed = pd.DataFrame(
        {
            "participant_id": people["ID_2"].to_numpy(),
            "missing": pd.to_numeric(missing, errors="coerce").to_numpy("float64"),
        }
    )
    real = ~listed["participant_id"].str.startswith("-")  # withdrawn people carry placeholders
    doubled = int(listed.loc[real, "participant_id"].duplicated().sum())
    if doubled:
        raise InputError(f"{path}: {doubled} ids appear more than once; every person needs an own id")
    return listed


def common_samples(paths: list[str]) -> pd.DataFrame:
    """People of all chromosomes' .sample files, which must be the same; the highest `missing` of each.

    Raises
    ------
    InputError
        Files that name different people, with the number of differences.
    """
    paths = list(dict.fromkeys(str(path) for path in paths))
    files = [read_sample(path) for path in paths]
    first = set(files[0]["participant_id"])
    for path, people in zip(paths[1:], files[1:], strict=True):
        others = set(people["participant_id"])
        if others != first:
            raise InputError(
                f"{path}: {len(others - first)} people are not in {paths[0]} and {len(first - others)} of its people "
                "are missing; the .sample files of all chromosomes must name the same people"
            )
    return pd.concat(files).groupby("participant_id", as_index=False, sort=True)["missing"].max()
