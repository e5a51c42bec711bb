"""No reader changes or leaves anything in the folder of its input, whatever the folder is called."""

import hashlib
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from cgni.cohort.samples import read_people
from cgni.genetics.chromosome import assess_chromosome
from cgni.genetics.paths import people_file, variants_file
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.plink import Plink
from cgni.genetics.settings import ThinSettings, VariantQcSettings
from cgni.genetics.sources import GenotypeFiles
from cgni.genetics.thinning import thin_chromosome
from cgni.imaging.paths import list_images
from cgni.imaging.settings import StoreSettings
from cgni.imaging.store import MAPS
from cgni.imaging.study_store import pack_study
from tests.unit.catalogue.readers import READERS, Reader
from tests.unit.genetics.genotype_files import PEOPLE, Variant, hardy_counts, write_files

# what SQLite's addresses, shells, globs and other encodings take for something else
_NAMES = ("run#2", 'it\'s "two" words', "Zürich 北京", "50%?[a]&b;")
_ALL_AT_ONCE = 'it\'s #2: "Zürich" 50%?[a]&b;'
_POSITIONS = (100_000, 200_000, 300_000)
_IDS = [str(5000000 + number) for number in range(PEOPLE)]
_FORMATS = {
    "pgen": ["--make-pgen"],
    "bed": ["--make-bed"],
    "vcf": ["--export", "vcf", "id-paste=iid"],
    "vcf.gz": ["--export", "vcf", "bgz", "id-paste=iid"],
    "bcf": ["--export", "bcf", "id-paste=iid"],
}
_QC = VariantQcSettings(strand_ambiguous="keep", hwe_people="reference", hwe_uncertain=0.2)


@pytest.fixture(params=_NAMES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder of inputs that is given back as it was left."""
    made = tmp_path / request.param
    made.mkdir()
    yield made
    made.chmod(stat.S_IRWXU)


def _state(folder: Path) -> dict[str, tuple[str, int]]:
    """Digest and time of every file below a folder."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _digests(folder: Path) -> dict[str, str]:
    return {path: digest for path, (digest, _) in _state(folder).items()}


def _sealed(folder: Path) -> dict[str, tuple[str, int]]:
    """The state of a folder that nobody may write into from now on."""
    for path in folder.rglob("*"):
        path.chmod(stat.S_IRUSR | (stat.S_IXUSR if path.is_dir() else 0))
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    return _state(folder)


# these need a second file beside the first, which they write themselves
_OWN_COMPANION = ("OBO", "GAF", "atlas", "compressed atlas", "index of a BGEN")
_ALONE = {name: reader for name, reader in READERS.items() if name not in _OWN_COMPANION}


@pytest.mark.parametrize("reader", _ALONE.values(), ids=list(_ALONE))
def test_readers_leave_their_folder_alone(reader: Reader, folder: Path) -> None:
    path = folder / reader.name
    path.write_bytes(reader.good[0])
    before = _sealed(folder)
    assert list(before) == [reader.name]
    reader.read(path)
    assert _state(folder) == before


@pytest.mark.parametrize("name", _OWN_COMPANION)
def test_readers_of_two_files_leave_both_alone(name: str, folder: Path) -> None:
    reader = READERS[name]
    (folder / reader.name).write_bytes(reader.good[0])
    reader.read(folder / reader.name)  # writes the companion
    before = _digests(folder)
    assert len(before) == 2
    reader.read(folder / reader.name)
    assert _digests(folder) == before


def test_maps_are_packed_without_a_trace(folder: Path, tmp_path: Path) -> None:
    affine, values = np.diag([6.0, 6, 6, 1]), np.random.default_rng(0).random((5, 6, 7)).astype(np.float32)
    for number in range(3):
        (folder / f"sub-{number}").mkdir()
        nib.Nifti1Image(values + number, affine).to_filename(folder / f"sub-{number}" / f"mwp1sub-{number}.nii.gz")
    before = _sealed(folder)
    pattern = str(folder / "sub-{participant_id}" / "mwp1sub-{participant_id}*.nii.gz")
    people, store = pd.Series(["0", "1", "2"]), tmp_path / "store"
    packed = pack_study(list_images(pattern, (2, 3)), people, StoreSettings(), store / MAPS, store / "partial", "", 1)
    assert packed.grid["images"]["packed"] == 3
    assert _state(folder) == before


@pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")
@pytest.mark.parametrize("folder", [_ALL_AT_ONCE], indirect=True)
@pytest.mark.parametrize("ending", ["bgen", *_FORMATS])
def test_genotypes_are_read_without_a_trace(ending: str, folder: Path, tmp_path: Path) -> None:
    (made := tmp_path / "made").mkdir()
    variants = [Variant(pos, "A", "G", hardy_counts(0.3, pos)) for pos in _POSITIONS]
    write_files(made, variants, _IDS)
    if ending != "bgen":
        source = ["--bgen", made / "chr2.bgen", "ref-first", "--sample", made / "chr2.sample"]
        command = ["plink2", *source, *_FORMATS[ending], "--out", made / "x", "--silent"]
        subprocess.run(list(map(str, command)), check=True)
    for path in made.glob("chr2.[bsm]*" if ending == "bgen" else "x.*"):
        shutil.copy(path, folder)
    before = _sealed(folder)
    path = folder / (f"chr2.{ending}" if ending == "bgen" else f"x.{ending}")
    files = GenotypeFiles.of("2", str(path), people_file(str(path), None), variants_file(str(path)))
    candidates = pd.DataFrame(
        {"chrom": "2", "pos": _POSITIONS, "ref": "A", "alt": "G", "rsid": None, "ref_stated": True}
    )
    candidates["variant_id"] = [f"2:{pos}:A:G" for pos in _POSITIONS]
    ids = pd.Index(read_people(files.people)["participant_id"])
    people = GenotypedPeople(ids, reference=ids, imaged=ids, development=ids)
    (scratch := tmp_path / "scratch").mkdir()
    plink = Plink("plink2", scratch, 1, 640)
    table, counts = assess_chromosome(plink, files, candidates, people, _QC, "dosages")
    assert table["passed"].all() and counts.values.shape == (PEOPLE, len(_POSITIONS))
    thin_chromosome(plink, files, pd.Series(ids), ThinSettings())
    assert _state(folder) == before
