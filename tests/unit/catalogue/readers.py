"""Every reader of inputs, with good files of the dialects that it reads."""

import gzip
import io
import sqlite3
import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nibabel as nib
import numpy as np
import pandas as pd
import yaml

from cgni.application.archive import Archive, array_bytes, json_bytes, write_archive
from cgni.cohort.bgen_header import HAS_IDS
from cgni.cohort.families import read_related_pairs
from cgni.cohort.id_lists import KnownIds, read_withdrawals
from cgni.cohort.participants import Imaged, build_participants, read_main_table
from cgni.cohort.samples import read_people
from cgni.cohort.settings import CohortSettings, OutcomeSettings
from cgni.enrichment.ontology import Ontology
from cgni.enrichment.own_annotation import with_gmt, with_obo
from cgni.genetics.bgen import locate_variants
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.mfi import read_mfi
from cgni.genetics.network import read_network
from cgni.imaging.atlas import read_atlas
from cgni.imaging.atlas_names import read_names
from cgni.imaging.grids import choose_grid
from cgni.imaging.paths import list_images
from cgni.imaging.reading import UnusableImageError, refuse
from cgni.imaging.settings import TableSettings
from cgni.imaging.t1.archives import MEMBERS, read_source
from cgni.imaging.table.columns import FeatureColumn
from cgni.imaging.table.labels import named_features, read_labels
from cgni.imaging.table.reading import read_feature_table
from cgni.simulation.bgen import BgenVariant, write_bgen
from cgni.workflow.config import effective_config, refuse_doubled_keys


@dataclass(frozen=True)
class Reader:
    """A reader of inputs.

    Attributes
    ----------
    name : of the file that it reads.
    read : calls it.
    good : contents that it reads.
    by_cell : whether odd values are tried in each cell of the first of them.
    may_say_more : whether a refusal may have a line for each mistake.
    """

    name: str
    read: Callable[[Path], Any]
    good: tuple[bytes, ...]
    by_cell: bool = True
    may_say_more: bool = False


_KNOWN = KnownIds(["1000001", "1000020", "1000030"])
_COHORT = CohortSettings(n_pcs=1, confounds=(53,), category_confounds=(22000,))
_MAIN = (
    "eid,31-0.0,21003-2.0,54-2.0,4282-2.0,25000-2.0,22009-0.1,22006-0.0,53-2.0,22000-0.0\n"
    "1000001,0,61,11025,7,1.3,0.01,1,2016-02-29,-11\n1000020,1,58,11026,4,1.2,-0.02,,2017-05-01,2000\n"
)
_GROUPS = _MAIN.replace(",7,", ",9,")
_RAP = (
    "participant.eid,p31,p21003_i2,p54_i2,p4282_i2,p25000_i2,p22009_a1,p22006,p53_i2,p22000\n"
    "1000001,Female,61,Cheadle (imaging),7,1.3,0.01,Caucasian,2016-02-29,-11\n"
    "1000020,Male,58,Reading (imaging),Abandoned,1.2,-0.02,,2017-05-01,2000\n"
)
_R = (
    "f.eid\tf.31.0.0\tf.21003.2.0\tf.54.2.0\tf.4282.2.0\tf.25000.2.0\tf.22009.0.1\tf.53.2.0\tf.22000.0.0\n"
    '"1000001"\t0\t61\t11025\t7\t1.3\t0.01\t2016-02-29\t-11\n"1000020"\t1\t58\t11026\tNA\t1.2\t-0.02\tNA\t2000\n'
)
_KING = "ID1 ID2 HetHet IBS0 Kinship\n1000001 1000020 0.1 0.01 0.25\n1000020 1000030 0.1 0.01 0.01\n"
_KIN0 = "#FID1\tIID1\tFID2\tIID2\tNSNP\tHETHET\tIBS0\tKINSHIP\n0\t1000001\t0\t1000020\t9\t0.1\t0.0\t0.25\n"
_SAMPLE = "ID_1 ID_2 missing sex\n0 0 0 D\n1 1 0.01 1\n2 2 NA 2\n"
_PSAM = "##x\n#FID\tIID\tSEX\n0\t1\t1\n0\t2\tNA\n"
_FAM = "0 1 0 0 1 -9\n0 2 0 0 2 -9\n"
_VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t1_1\t2_2\n2\t5\t.\tA\tG\n"
_EQTL = "snp\tgene\tq\tp\n2:10:A:G\tENSG01.4\t0.01\t1e-9\n2:20:A:G\tENSG01\t0.9\tNA\n"
_DER08A = (
    "gene_id\tgene_chr\tgene_start\tgene_end\tstrand\tnumber_of_SNPs_tested\tSNP_distance_to_TSS\tSNP_id\tSNP_chr\t"
    "SNP_start\tSNP_end\tnominal_pval\tregression_slope\ttop_SNP\tFDR\n"
    "ENSG01.3\tchr2\t1\t9\t+\t3\t5\t2:10\tchr2\t9\t10\t1e-8\t0.2\t1\t0.001\n"
)
_SNPS = "PEC_id\tRsid\tchr\tposition\tREF\tALT\n2:10\trs1\tchr2\t10\tA\tG,T\n2:20\trs2\t2\t20\tC\tT\n"
_MFI = "2:10\trs1\t10\tA\tG\t0.1\tG\t0.9\n2:20\trs2\t20\tC\tT\tNA\tT\t0.8\n"
_NETWORK = "symbol\tgene_id\tsources\nMAPT\tENSG01.3;ENSG04\tx\nFYN\t\ty\nTAU\t\t\n"
_GMT = "S1\tx\tMAPT\tFYN\nS2\t\tFYN\n"
_OBO = (
    "format-version: 1.2\ndata-version: releases/2022-07-01\n\n[Term]\nid: GO:1\nname: one\n"
    "namespace: biological_process\nalt_id: GO:3\n\n[Term]\nid: GO:2\nname: two\nnamespace: biological_process\n"
    "is_a: GO:1 ! one\nrelationship: part_of GO:1 ! one\n"
)
_GAF = "!gaf-version: 2.2\n" + "\t".join(["U", "P1", "MAPT", "", "GO:2", "r", "EXP", *["x"] * 8]) + "\n"
_TOY = Ontology(pd.DataFrame({"name": ["a"], "ontology": "BP"}, index=["T1"]), {}, {"T1": {"MAPT"}}, {}, {})
_GENES = pd.DataFrame({"symbol": ["MAPT", "FYN"], "gene_id": ["ENSG01", "ENSG02"]})
_ALIASES = pd.DataFrame({"alias": ["TAU"], "symbol": ["MAPT"]})
_LISTED = "participant_id,path,instance\n1,a.nii,2\n1,b.nii,3\n2,c.nii,3\n"
_LIST = "participant_id,path\n1,a.nii\n2,b.nii\n"
_FEATURES = "participant_id,left,right\n1000001,1.5,2\n1000020,1.25,NA\n"
_APARC = "lh.aparc.thickness\tlh_a_thickness\teTIV\nsub-1\t2.5\t15e5\nsub-2\t2.25\t14e5\n"
_WIDE = '"eid","25781-2.0","25781-3.0"\n"1","10","11"\n"2","","12.5"\n'
_FEATURE_LABELS = "feature,label,unit\nleft,Left,ml\nright,,\n"
_NAMED = ("1 Frontal Pole 2001\n2 Insula 2002\n", "index;name\n1;a b\n2;c\n", "1\ta\n2\tb\n")
_LEFT = "1000001\n1000020.0\n"
_SHAPE, _AFFINE = (5, 4, 3), np.diag([6.0, 6, 6, 1])
_CONFIG = {
    "seed": 3,
    "results_dir": "results",
    "splits": {"folds": 3, "holdout": 0.2},
    "cohort": {"confounds": [53]},
    "outcome": {"low": [2, 5]},
    "contrastive": {"subsets": [[1], [1, 2]], "learning_rate": 0.001},
    "inputs": {"genotypes": {"files": "data/c{chrom}.bgen", "chromosomes": [1, 2]}, "images": "m/{participant_id}.nii"},
}


def _encoded(*texts: str) -> tuple[bytes, ...]:
    """Texts in UTF-8; the first also compressed and in UTF-16."""
    return (*(text.encode() for text in texts), gzip.compress(texts[0].encode(), mtime=0), texts[0].encode("utf-16"))


def _parquet(text: str, mark: str = ",") -> bytes:
    stream = io.BytesIO()
    pd.read_csv(io.StringIO(text), sep=mark).to_parquet(stream)
    return stream.getvalue()


def _bgen() -> bytes:
    """Two variants of three people, with ids."""
    calls = np.array([[255, 0], [0, 255], [0, 0]], np.uint8)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.bgen"
        variants = [
            BgenVariant(f"2:{pos}", f"rs{pos}", "02", pos, "A", "G", calls, calls[:, 0] > 1) for pos in (10, 20)
        ]
        write_bgen(path, variants, len(calls))
        content = path.read_bytes()
    ids = b"".join(struct.pack("<H", len(name)) + name for name in (b"1", b"2", b"3"))
    block = struct.pack("<II", 8 + len(ids), 3) + ids
    flags = struct.unpack("<I", content[20:24])[0] | HAS_IDS
    return struct.pack("<I", 20 + len(block)) + content[4:20] + struct.pack("<I", flags) + block + content[24:]


def _bgi() -> bytes:
    """The index of `_bgen`."""
    with TemporaryDirectory() as folder:
        (path := Path(folder) / "x.bgen").write_bytes(_bgen())
        found = locate_variants(path, "2", None)
        with closing(sqlite3.connect(Path(folder) / "x.bgi")) as database, database:
            database.execute("CREATE TABLE Metadata (filename TEXT, file_size INT, first_1000_bytes BLOB)")
            database.execute("INSERT INTO Metadata VALUES ('x', ?, ?)", (len(_bgen()), _bgen()[:1000]))
            database.execute(
                "CREATE TABLE Variant (chromosome TEXT, position INT, rsid TEXT, number_of_alleles INT, allele1 TEXT, "
                "allele2 TEXT, file_start_position INT, size_in_bytes INT, PRIMARY KEY (chromosome, position, rsid)) "
                "WITHOUT ROWID"
            )
            rows = [("02", v.pos, f"rs{v.pos}", 2, v.ref, v.alt, v.start, v.end - v.start) for v in found.itertuples()]
            database.executemany("INSERT INTO Variant VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return (Path(folder) / "x.bgi").read_bytes()


def _bcf() -> bytes:
    header = _VCF[: _VCF.rindex("2\t5")].encode() + b"\0"
    return gzip.compress(b"BCF\2\2" + struct.pack("<I", len(header)) + header, mtime=0)


def _image(values: np.ndarray) -> bytes:
    return nib.Nifti1Image(values, _AFFINE).to_bytes()


def _labels() -> np.ndarray:
    labels = np.zeros(_SHAPE, np.int16)
    labels[1:3], labels[3:] = 1, 2
    return labels


def _dumped(flow: bool) -> bytes:
    return yaml.safe_dump(_CONFIG, default_flow_style=flow).encode()


def _main(path: Path) -> Any:
    return read_main_table(path, _COHORT, OutcomeSettings())


def _cohort(path: Path) -> Any:
    ids = pd.Index(["1000001", "1000020"], dtype="str")
    samples = pd.DataFrame({"participant_id": ids, "missing": np.nan, "sex": np.nan})
    pairs = pd.DataFrame({"ID1": [], "ID2": []}, dtype="str")
    return build_participants(
        _main(path), samples, Imaged(ids), read_withdrawals(None, _KNOWN), pairs, _COHORT, OutcomeSettings()
    )


def _with_index(path: Path) -> Any:
    (genotypes := path.with_suffix("")).write_bytes(_bgen())
    return [locate_variants(genotypes, "2", positions) for positions in (None, {10})]


def _eqtl(path: Path) -> Any:
    return read_eqtl_pairs(path, 0.05, {"ENSG01"})


def _snps(path: Path) -> Any:
    return read_snp_alleles(path, {"2:10", "rs2"})


def _network(path: Path) -> Any:
    return read_network(path, _GENES, _ALIASES)


def _template(path: Path) -> Any:
    return choose_grid([str(path)], str(path))


def _obo(path: Path) -> Any:
    (path.parent / "go.gaf").write_text(_GAF)
    return with_obo(_TOY, path, path.parent / "go.gaf").genes_of()


def _gaf(path: Path) -> Any:
    (path.parent / "go.obo").write_text(_OBO)
    return with_obo(_TOY, path.parent / "go.obo", path).genes_of()


def _features(path: Path) -> Any:
    return read_feature_table(path, TableSettings(), (2, 3))


def _feature_labels(path: Path) -> Any:
    columns = [FeatureColumn(name, name, None, "") for name in ("left", "right")]
    return named_features(columns, read_labels(path), path)


def _atlas(path: Path) -> Any:
    (path.parent / "labels.txt").write_text("1 a\n2 b\n")
    return read_atlas(path, path.parent / "labels.txt", _SHAPE, _AFFINE)


def _source(path: Path) -> Any:
    """Of both sources; why an image cannot be used, as the message that ends a study."""
    found = []
    for source in MEMBERS:
        try:
            found.append(read_source(path, source))
        except UnusableImageError as problem:
            refuse(Counter([str(problem)]), 1)
    return found


def _archives() -> tuple[bytes, ...]:
    """UK Biobank's archives, their members compressed or not."""
    made = []
    for kind in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", kind) as archive:
            for name in MEMBERS.values():
                archive.writestr(zipfile.ZipInfo(name), gzip.compress(_image(_labels()), mtime=0), kind)
        made.append(stream.getvalue())
    return tuple(made)


def _bundle() -> bytes:
    """A bundle of two members."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "study.cgni"
        write_archive({"a.json": json_bytes({"b": 1}), "mask.npy": array_bytes(np.ones(3))}, {"folds": 2}, path)
        return path.read_bytes()


def _config(path: Path) -> Any:
    refuse_doubled_keys(path)
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, ValueError):
        return None  # Snakemake loads the file, and says so
    return effective_config(loaded) if isinstance(loaded, dict) else loaded


_TEXTS = {
    "main table": Reader(
        "main.csv", _main, (*_encoded(_MAIN, _RAP, _R, _MAIN.replace(",", ";")), _parquet(_MAIN)), False
    ),
    "cohort": Reader("main.csv", _cohort, _encoded(_GROUPS)),
    "withdrawals": Reader("w.txt", lambda path: read_withdrawals(path, _KNOWN), _encoded(_LEFT, "eid,x\n1000001,2\n")),
    "kinship": Reader("kin.dat", lambda path: read_related_pairs(path, 0.0442, _KNOWN), _encoded(_KING, _KIN0)),
    ".sample": Reader("x.sample", read_people, _encoded(_SAMPLE)),
    ".psam": Reader("x.psam", read_people, _encoded(_PSAM)),
    ".fam": Reader("x.fam", read_people, _encoded(_FAM)),
    "mfi": Reader("x.mfi", lambda path: read_mfi(path, {10, 20}), _encoded(_MFI)),
    "eQTL": Reader("eqtl.txt", _eqtl, (*_encoded(_EQTL, _DER08A), _parquet(_EQTL, "\t"))),
    "SNP table": Reader("snps.txt", _snps, (*_encoded(_SNPS), _parquet(_SNPS, "\t"))),
    "network": Reader("ppi.tsv", _network, _encoded(_NETWORK, "symbol\nTAU\nFYN\n")),
    "GMT": Reader("x.gmt", lambda path: with_gmt(_TOY, path).genes_of(), _encoded(_GMT)),
    "GAF": Reader("x.gaf", _gaf, _encoded(_GAF)),
    "labels": Reader("x.txt", read_names, _encoded(*_NAMED)),
    "features": Reader("x.csv", _features, (*_encoded(_FEATURES, _APARC, _WIDE), _parquet(_FEATURES))),
    "labels of features": Reader("x.csv", _feature_labels, (*_encoded(_FEATURE_LABELS), _parquet(_FEATURE_LABELS))),
    "images": Reader("x.csv", lambda path: list_images(str(path), (2, 3)), _encoded(_LISTED, _LIST)),
}
_OTHERS = {
    ".vcf": Reader("x.vcf", read_people, (_VCF.encode(),), False),
    ".vcf.gz": Reader("x.vcf.gz", read_people, (gzip.compress(_VCF.encode(), mtime=0),), False),
    ".bcf": Reader("x.bcf", read_people, (_bcf(),), False),
    "ids of a BGEN": Reader("x.bgen", read_people, (_bgen(),), False),
    "BGEN": Reader("x.bgen", lambda path: locate_variants(path, "2", None), (_bgen(),), False),
    "index of a BGEN": Reader("x.bgen.bgi", _with_index, (_bgi(),), False),
    "OBO": Reader("x.obo", _obo, _encoded(_OBO), False),
    "atlas": Reader("x.nii", _atlas, (_image(_labels()), _image(_labels().astype(np.float32))), False),
    "compressed atlas": Reader("x.nii.gz", _atlas, (gzip.compress(_image(_labels()), mtime=0),), False),
    "template of the grid": Reader("x.nii", _template, (_image(_labels()),), False),
    "T1 image": Reader("x.nii", _source, (_image(_labels()), _image(_labels().astype(np.float32))), False),
    "archive of a T1 image": Reader("x.zip", _source, _archives(), False),
    "bundle": Reader("study.cgni", Archive.read, (_bundle(),), False),
    "config": Reader("x.yaml", _config, tuple(_dumped(flow) for flow in (False, True)), False, True),
}
READERS = _TEXTS | _OTHERS
