"""Real T1 images through the segmentation: seconds, memory and quality, against label maps of the same people.

    PYTHONPATH=. python benchmarks/bench_t1.py [--images ../shared/real/t1] [--people 12] [--edge 1] [--trial NAME]

The folder holds `*_T1.nii.gz` and `*_T1_DLMUSE.nii.gz` (label maps on the same grid), `gm_labels.txt` (the labels that
are gray matter) and participants.csv (MRID, Age, Sex). `--edge 1` resamples the images to 1 mm first (cubic), which is
what a 1 mm scan costs; its noise and detail are those of the original. `--trial` takes other numbers than the defaults
(`TRIALS`), and `--trial all` tables all of them. `--changed` maps each head once more mirrored, moved, with noise and
with a bias field, and prints how far the maps agree. One process and one thread; results/t1_<trial>.csv keeps the rows.
"""

import argparse
import resource
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import torch
from nibabel.processing import resample_to_output
from scipy.ndimage import map_coordinates

from benchmarks.common import describe_machine
from benchmarks.t1_changes import CHANGES, compared
from cgni.imaging.mask import gray_matter_mask
from cgni.imaging.reading import ReadMap, read_map
from cgni.imaging.reference import correlate_with_reference
from cgni.imaging.t1.head import Head, head_of
from cgni.imaging.t1.segmentation import Registration, Segmented, segment
from cgni.imaging.t1.templates import templates

ROOT = Path(__file__).resolve().parents[1]
_SMOOTH_MM, _VOXEL_MM = 6.0, 1.5
TRIALS: dict[str, Registration] = {
    "default": Registration(),
    "fine_grid": Registration(grid_mm=1.5, rounds=(40, 20, 0)),
    "grid_of_2_mm": Registration(grid_mm=2.0),
    "down_to_3_mm": Registration(rounds=(40, 20)),
    "no_priors": Registration(prior_weight=0.0),
    "weak_priors": Registration(prior_weight=0.1),
    "strong_priors": Registration(prior_weight=0.5),
    "fewer_rounds": Registration(rounds=(40, 20, 5)),
    "no_fine_rounds": Registration(rounds=(100, 60, 0)),
    "smaller_steps": Registration(step=0.1),
    "stiff": Registration(flow_sigma=4.0, total_sigma=0.5),
    "cross_correlation": Registration(metric="CC", sampling=3),
}


def main() -> None:
    """Run one trial or all, and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, default=ROOT.parent / "shared" / "real" / "t1")
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--edge", type=float, help="mm, of voxels that the images are brought to first")
    parser.add_argument("--trial", default="default", choices=[*TRIALS, "all"])
    parser.add_argument("--changed", action="store_true")
    given = parser.parse_args()
    describe_machine()
    torch.set_num_threads(1)
    if not given.images.is_dir():
        raise SystemExit(f"t1: no images in {given.images}")
    if given.changed:
        report_changes(given.images, given.people, given.edge)
        return
    for name in TRIALS if given.trial == "all" else [given.trial]:
        table, maps = run(given.images, given.people, given.edge, TRIALS[name])
        table.to_csv(Path(__file__).parent / "results" / f"t1_{name}{f'_{given.edge:g}mm' if given.edge else ''}.csv")
        report(name, table, maps)


def run(folder: Path, people: int, edge: float | None, numbers: Registration) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Measures of each person, and the maps."""
    gray_labels = [int(line) for line in (folder / "gm_labels.txt").read_text().split("\n") if line.strip().isdigit()]
    known = pd.read_csv(folder / "participants.csv").set_index("MRID")
    rows, maps = {}, []
    for path in sorted(folder.glob("*_T1.nii.gz"))[:people]:
        name = path.name.removesuffix("_T1.nii.gz")
        read = read_map(path)
        head = head_of(resampled(read, edge) if edge else read)
        found = segment(head, templates(_VOXEL_MM), _SMOOTH_MM, numbers)
        maps.append(found.gray)
        labels = nib.as_closest_canonical(nib.load(folder / f"{name}_T1_DLMUSE.nii.gz"))
        rows[len(rows)] = {
            "age": known.loc[name, "Age"],
            "seconds": sum(found.seconds.values()),
            **{f"seconds_{step}": value for step, value in found.seconds.items()},
            **against_labels(found, head, labels, gray_labels),
            **found.measures,
        }
    return pd.DataFrame(rows).T.astype(float), maps


def resampled(read: ReadMap, edge: float) -> ReadMap:
    """The image with voxels of `edge` mm, interpolated by cubic splines."""
    image = resample_to_output(nib.Nifti1Image(read.values, read.affine), [edge] * 3, order=3)
    values = np.clip(np.asarray(image.dataobj, np.float32), 0, None)
    return ReadMap(values, image.affine, (float(values.min()), float(values.max())))


def against_labels(found: Segmented, head: Head, labels: nib.Nifti1Image, gray_labels: list[int]) -> dict[str, float]:
    """Dice of gray matter (probability above a half) with the labels' where these lie, and the labels' volumes."""
    values = np.asarray(labels.dataobj).astype(int)
    truth = np.isin(values, gray_labels)
    native, place = found.native_gray, np.linalg.inv(found.native_affine) @ labels.affine
    grid = np.indices(truth.shape).reshape(3, -1)
    where = place[:3, :3] @ grid + place[:3, 3:]
    gray = map_coordinates(native, where, order=1, mode="constant").reshape(truth.shape) > 0.5
    voxel_ml = abs(np.linalg.det(labels.affine[:3, :3])) / 1000
    return {
        "dice": 2 * (gray & truth).sum() / (gray.sum() + truth.sum()),
        "label_gm_ml": truth.sum() * voxel_ml,
        "label_brain_ml": (values > 0).sum() * voxel_ml,
    }


def report_changes(folder: Path, people: int, edge: float | None) -> None:
    """Print a row a change: r of the maps, and of volumes the largest difference in per cent."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in CHANGES}
    for path in sorted(folder.glob("*_T1.nii.gz"))[:people]:
        read = resampled(read_map(path), edge) if edge else read_map(path)
        first = segment(head_of(read), templates(_VOXEL_MM), _SMOOTH_MM)
        for name, change in CHANGES.items():
            again = segment(head_of(change(read)), templates(_VOXEL_MM), _SMOOTH_MM)
            percent = 100 * (again.measures["gm_ml"] / first.measures["gm_ml"] - 1)
            found[name].append((compared(name, first.gray, again.gray), percent))
            print(name, *(f"{value:.4f}" for value in found[name][-1]), flush=True)
    for name, rows in found.items():
        r, percent = np.array(rows).T
        print(f"t1 change={name} people={len(rows)} r_lowest={r.min():.4f} volume_percent={np.abs(percent).max():.2f}")


def report(name: str, table: pd.DataFrame, maps: list[np.ndarray]) -> None:
    """Print the row of a trial."""
    stacked, grid = np.stack(maps), templates(_VOXEL_MM).grid
    mask = gray_matter_mask(grid.shape, grid.affine, 0.1)
    everybody = np.ones(len(maps), dtype=bool)
    quality = correlate_with_reference(np.asfortranarray(stacked), mask, everybody, leave_one_out=True)
    flat = stacked[:, mask]
    between = np.corrcoef(flat)[np.triu_indices(len(maps), 1)] if len(maps) > 1 else np.array([np.nan])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for step in [column for column in table if column.startswith("seconds_")]:
        print(f"{step}={table[step].median():.1f}", end=" ")
    print()
    volumes = {
        "labels_gm": table["gm_ml"].corr(table["label_gm_ml"]),
        "labels_brain": table["tiv_ml"].corr(table["label_brain_ml"]),
        "age": (table["gm_ml"] / table["tiv_ml"]).corr(table["age"]),
    }
    print("r of volumes with", *(f"{name}={value:.3f}" for name, value in volumes.items()))
    print(f"r in mask with others={np.median(quality.r):.3f}, r with template={table['r_template'].median():.3f}")
    print(
        f"t1 trial={name} people={len(table)} cpu_seconds={table['seconds'].median():.1f} memory_mb={memory:.0f} "
        f"dice={table['dice'].median():.3f} conservation={table['conservation'].abs().max():.4f} "
        f"r_between={np.median(between):.3f} passed={np.mean(quality.r_image > 0.9):.2f}"
    )


if __name__ == "__main__":
    main()
