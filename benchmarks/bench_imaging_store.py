"""Packing and quality control of gray-matter maps, against bare gunzip and against the obvious nilearn way."""

import argparse
import gzip
import math
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

import nibabel as nib
import numpy as np
from isal import isal_zlib
from nilearn.datasets import load_mni152_gm_template
from nilearn.image import load_img, mean_img, resample_img
from nilearn.maskers import NiftiMasker
from scipy.ndimage import gaussian_filter

from benchmarks.common import describe_machine, median_seconds, report
from cgni.imaging.grids import choose_grid
from cgni.imaging.mask import gray_matter_mask
from cgni.imaging.packing import pack_maps
from cgni.imaging.reference import correlate_with_reference
from cgni.imaging.store import open_maps

SHAPE = (121, 145, 121)
AFFINE = np.array([[1.5, 0, 0, -90], [0, 1.5, 0, -126], [0, 0, 1.5, -72], [0, 0, 0, 1]])

DISTINCT = 24  # to make more would take longer than to measure


class Cost(NamedTuple):
    """Wall and processor seconds of a call, and what it returned."""

    wall: float
    processor: float
    result: np.ndarray | None


def warm_memory(maps: int) -> None:
    """Touch as much memory as a run needs, and free it.

    A virtual machine hands free memory back to its host; a page that has to be asked for again
    takes ten times as long as writing it.
    """
    np.empty(maps * math.prod(SHAPE) * 2 + (1 << 30), dtype=np.uint8)[::4096] = 1


def timed(function: Callable[..., np.ndarray | None], paths: list[str], *arguments: object) -> Cost:
    """Call the function with the files and the other arguments, and measure it."""
    warm_memory(len(paths))
    wall, processor = time.perf_counter(), time.process_time()
    result = function(paths, *arguments)
    return Cost(time.perf_counter() - wall, time.process_time() - processor, result)


def write_map(folder: str, template: np.ndarray, fields: np.ndarray, number: int) -> str:
    """One smooth variation of the template as float32 .nii.gz, as SPM's maps are, gzipped as nibabel does."""
    rng = np.random.default_rng(number)
    density = template * (1 + np.tensordot(rng.standard_normal(len(fields)) * 0.1, fields, axes=1))
    path = f"{folder}/{number:04d}.nii.gz"
    raw = nib.Nifti1Image(np.clip(density, 0, None).astype(np.float32), AFFINE).to_bytes()
    Path(path).write_bytes(gzip.compress(raw, compresslevel=1, mtime=0))
    return path


def make_maps(folder: str, count: int, cores: int) -> list[str]:
    """`count` files of 121 x 145 x 121 voxels: a few different ones, and copies of them under other names."""
    template = resample_img(
        load_mni152_gm_template(resolution=1), AFFINE, SHAPE, copy_header=True, force_resample=True
    ).get_fdata(dtype=np.float32)
    template = gaussian_filter(template, 6 / 2.355 / 1.5)
    template[template < 0.001] = 0
    rng = np.random.default_rng(0)
    fields = np.stack([gaussian_filter(rng.standard_normal(SHAPE), 4) for _ in range(6)]).astype(np.float32)
    fields /= fields.std()
    with ProcessPoolExecutor(cores) as pool:
        paths = list(pool.map(partial(write_map, folder, template, fields), range(min(count, DISTINCT)), chunksize=4))
    for number in range(len(paths), count):
        paths.append(shutil.copyfile(paths[number % DISTINCT], f"{folder}/{number:04d}.nii.gz"))
    return paths


def gunzip(paths: list[str], cores: int) -> None:
    """Read and decompress every file, and do nothing with it."""

    def one(path: str) -> None:
        raw = Path(path).read_bytes()
        isal_zlib.decompress(raw, wbits=31, bufsize=int.from_bytes(raw[-4:], "little"))

    with ThreadPoolExecutor(cores) as pool:
        for _ in pool.map(one, paths):
            pass


def ours(paths: list[str], mask: np.ndarray, dtype: str, cores: int, place: Path) -> np.ndarray:
    """Pack into a new file in `place`, then r from the store."""
    target = place / "maps.npy"
    grid = choose_grid(paths, "common", cores)
    packed = pack_maps(paths, grid, target, dtype, place / "partial", threads=cores)
    maps = open_maps(target)
    scale = packed.scale if dtype == "uint8" else None
    return correlate_with_reference(maps, mask, np.ones(len(maps), bool), False, scale, cores).r


def nilearn_way(paths: list[str], mask: np.ndarray) -> np.ndarray:
    """load_img, mean_img, masker, corrcoef."""
    images = load_img(paths)
    masker = NiftiMasker(mask_img=nib.Nifti1Image(mask.astype(np.uint8), AFFINE), standardize=None).fit()
    mean = masker.transform(mean_img(images, copy_header=True))
    values = masker.transform(images)
    return np.corrcoef(np.concatenate([np.atleast_2d(mean), values]).astype(np.float64))[0, 1:]


@contextmanager
def peak_anonymous_memory() -> Iterator[Callable[[], float]]:
    """The largest RssAnon (MiB) of this process while the context is open, sampled every 5 ms."""
    peak, stop = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.wait(0.005):
            line = next(line for line in Path("/proc/self/status").read_text().splitlines() if "RssAnon" in line)
            peak = max(peak, int(line.split()[1]))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: peak / 1024
    finally:
        stop.set()
        thread.join()


def main() -> None:
    """Both sides on the same files, and the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=int, default=200)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peer-repeats", type=int, default=1, help="of nilearn, which takes minutes")
    parser.add_argument("--quick", action="store_true", help="30 maps")
    options = parser.parse_args()
    count = 30 if options.quick else options.maps
    describe_machine()
    mask = gray_matter_mask(SHAPE, AFFINE, 0.1)
    with tempfile.TemporaryDirectory() as folder:
        paths = make_maps(folder, count, options.cores)
        size = sum(Path(path).stat().st_size for path in paths)
        print(
            f"{count} maps of {'x'.join(map(str, SHAPE))} float32, {size / 1e6:.0f} MB gzipped; {options.cores} cores"
        )
        gunzip(paths, options.cores)  # the files are in the page cache for everybody
        runs = {"gunzip": [], "float16": [], "uint8": []}
        for _ in range(options.repeats):
            runs["gunzip"].append(timed(gunzip, paths, options.cores))
            for dtype in ("float16", "uint8"):
                # the folder goes at once: the disk would still write it during the next run
                with tempfile.TemporaryDirectory(dir=folder) as place:
                    runs[dtype].append(timed(ours, paths, mask, dtype, options.cores, Path(place)))
        wall = {side: median(run.wall for run in costs) for side, costs in runs.items()}
        processor = {side: median(run.processor for run in costs) for side, costs in runs.items()}
        r, r_uint8 = (runs[dtype][-1].result for dtype in ("float16", "uint8"))
        # a run of its own: watching costs time
        with tempfile.TemporaryDirectory(dir=folder) as place, peak_anonymous_memory() as peak:
            ours(paths, mask, "float16", options.cores, Path(place))
            memory = peak()
        print(f"bare gunzip {wall['gunzip']:.2f} s ({processor['gunzip']:.2f} s of processor)")
        for dtype in ("float16", "uint8"):
            print(f"pack + QC {dtype} {wall[dtype]:.2f} s ({processor[dtype]:.2f} s of processor)")
        print(f"peak RssAnon {memory:.0f} MiB", flush=True)
        expected, peer = median_seconds(lambda: nilearn_way(paths, mask), options.peer_repeats)
    print(f"nilearn {peer:.2f} s")
    report(
        "imaging_store",
        peer / wall["float16"],
        float(np.abs(r - expected).max()),
        agreement_uint8=float(np.abs(r_uint8 - expected).max()),
        times_gunzip=wall["float16"] / wall["gunzip"],
        times_gunzip_uint8=wall["uint8"] / wall["gunzip"],
        processor_times_gunzip=processor["float16"] / processor["gunzip"],
        anonymous_mib=memory,
        maps=count,
    )


if __name__ == "__main__":
    main()
