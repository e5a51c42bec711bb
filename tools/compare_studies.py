"""Compare the results of one study made by two versions: tables, arrays, CSV, TeX and selections, value for value.

python -m tools.compare_studies OLD_RESULTS NEW_RESULTS

Names that changed between the versions are mapped by RENAMED_* below; everything that is mapped is listed. Provenance
in the Parquet metadata is left out. Of other files (figures, checkpoints) it is checked that they are there. Files that
only the new study has are listed. The exit status is 1 when anything differs or is missing.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

# path below the results folder: old pattern, new path
RENAMED_FILES = (
    (r"^occlusion/regions\.parquet$", "occlusion/imaging.parquet"),
    (r"^occlusion/snps\.parquet$", "occlusion/genetics.parquet"),
    (r"^occlusion/(contributions|calibration)\.parquet$", r"contributions/\1.parquet"),
    (r"^occlusion/null/", "contributions/null/"),
    (r"^classification/genetic_nn/features\.parquet$", "classification/genetic_nn/hidden.parquet"),
    (r"^transfer/(fold\d+)/candidates\.parquet$", r"transfer/\1/fits.parquet"),
    (r"^(.*)head_h\b", r"\1head_imaging"),
    (r"^search/", "classification/search/"),
    (r"^classification/search/cgni_terms1234/", "classification/search/proposed/"),
    (r"^audit/lineage/train_candidate_", "audit/lineage/search_"),
    (r"^audit/lineage/search_cgni_terms1234_", "audit/lineage/search_proposed_"),
)
# column: old pattern, new name
RENAMED_COLUMNS = (
    (r"^modality$", "view"),
    (r"^zv_(\d+)$", r"imaging_\1"),
    (r"^zg_(\d+)$", r"genetics_\1"),
    (r"^hg_(\d+)$", r"hidden_\1"),
)
# codes in a column (by its new name)
RENAMED_CODES = {
    "view": {"region": "imaging", "snp": "genetics"},
    "model": {"head_h": "head_imaging"},
    "other": {"head_h": "head_imaging"},
    "rule": {"train_classifier_head_h": "train_classifier_head_imaging"},
    "who": {"head_h": "head_imaging"},
}
# keys of selection.json
RENAMED_KEYS = {"terms": "proposed"}
COMPARED = (".parquet", ".csv", ".tex", ".npz", ".npy", "selection.json")  # ends of names
LEFT_OUT = ("benchmarks/", "logs/", "resume/", ".digests/")  # times, hosts, and digests of files with provenance


def new_path(path: str) -> str:
    """Where a file of the old study lies in the new one."""
    for pattern, replacement in RENAMED_FILES:
        path = re.sub(pattern, replacement, path)
    return path


def renamed(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """An old table with the new names, and what was renamed."""
    notes, columns = [], {}
    for column in table.columns:
        for pattern, replacement in RENAMED_COLUMNS:
            if re.match(pattern, column):
                columns[column] = re.sub(pattern, replacement, column)
                notes.append(f"column {pattern.strip('^$')} -> {replacement}")
    table = table.rename(columns=columns)
    for column, codes in RENAMED_CODES.items():
        if column in table.columns and table[column].isin(list(codes)).any():
            table = table.assign(**{column: table[column].replace(codes)})
            notes.append(f"codes of {column}: {', '.join(f'{a} -> {b}' for a, b in codes.items())}")
    return table, notes


def difference(old: Path, new: Path) -> tuple[str, list[str]]:
    """What differs between two files (empty: nothing), and what was renamed on the way."""
    if old.suffix == ".parquet":
        first, notes = renamed(pq.read_table(old).to_pandas())
        second = pq.read_table(new).to_pandas()
        if list(first.columns) != list(second.columns):
            return f"columns {sorted(set(first) ^ set(second))[:6] or 'in another order'}", notes
        unequal = [name for name in first if not first[name].equals(second[name])]
        return (f"values of {unequal[:6]}" if unequal else ""), notes
    if old.suffix == ".npz":
        with np.load(old) as first_arrays, np.load(new) as second_arrays:
            names = set(first_arrays) | set(second_arrays)
            unequal = [name for name in names if not _same(first_arrays[name], second_arrays[name])]
        return (f"arrays {unequal}" if unequal else ""), []
    if old.suffix == ".npy":
        return ("" if _same(np.load(old, mmap_mode="r"), np.load(new, mmap_mode="r")) else "values"), []
    if old.suffix == ".json":
        return _json_difference(json.loads(old.read_text()), json.loads(new.read_text()))
    text = old.read_bytes().replace(b"head_h,", b"head_imaging,")
    notes = ["name head_h -> head_imaging"] if text != old.read_bytes() else []
    return ("" if text == new.read_bytes() else "bytes"), notes


def _json_difference(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, list[str]]:
    notes = [f"key {name} -> {RENAMED_KEYS[name]}" for name in old if name in RENAMED_KEYS]
    first = {RENAMED_KEYS.get(name, name): value for name, value in old.items()}
    unequal = sorted(name for name in set(first) | set(new) if name not in first or first[name] != new.get(name))
    return (f"keys {unequal}" if unequal else ""), notes


def _files(folder: str) -> dict[str, Path]:
    """Files of a study by their path below its folder, without those that differ from run to run."""
    found = {str(path.relative_to(folder)): path for path in sorted(Path(folder).rglob("*")) if path.is_file()}
    return {name: path for name, path in found.items() if not name.startswith(LEFT_OUT)}


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    return first.dtype == second.dtype and first.shape == second.shape and bool(np.array_equal(first, second))


def main(old: str, new: str) -> int:
    """Print what was compared and what differs."""
    equal, wrong, notes = Counter[str](), [], Counter[str]()
    only_new = _files(new)
    for name, path in _files(old).items():
        place = new_path(name)
        there = only_new.pop(place, None)
        if place != name:
            notes[re.sub(r"\d+", "*", f"file {name} -> {place}")] += 1
        if there is None:
            wrong.append(f"{name}: not there ({place})")
            continue
        if not name.endswith(COMPARED):
            continue
        found, renames = difference(path, there)
        notes.update(renames)
        if found:
            wrong.append(f"{name}: {found}")
        else:
            equal[f"{name.split('/')[0]}/*{path.suffix}"] += 1
    print("equal, value for value:", *(f"  {count:4d}  {kind}" for kind, count in sorted(equal.items())), sep="\n")
    print("renamed on the way:", *(f"  {count:4d}  {note}" for note, count in sorted(notes.items())), sep="\n")
    print(f"{len(only_new)} only in the new study:", *(f"  {name}" for name in only_new), sep="\n")
    print(f"{len(wrong)} differ:", *(f"  {line}" for line in wrong), sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
