"""A user's own annotation in place of the snapshot: GMT sets, or an OBO ontology with a GAF annotation."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.text_files import open_text
from cgni.enrichment.ontology import Ontology, load_snapshot

_NAMESPACES = {"biological_process": "BP", "cellular_component": "CC", "molecular_function": "MF"}


def load_annotation(
    folder: str | Path, gmt: str | Path | None = None, obo: str | Path | None = None, gaf: str | Path | None = None
) -> Ontology:
    """The snapshot in `folder`, with a user's own annotation in the place of its terms where a file is given.

    The snapshot's symbols translate the genes of a user's files. `obo` goes with `gaf`.
    """
    snapshot = load_snapshot(folder)
    if gmt is not None:
        return with_gmt(snapshot, gmt)
    return with_obo(snapshot, obo, gaf) if obo is not None and gaf is not None else snapshot


def with_gmt(snapshot: Ontology, path: str | Path) -> Ontology:
    """Gene sets of a GMT file (name, description, symbols; tabs) as terms of the source `GMT`.

    Raises
    ------
    InputError
        A line without a single gene, or a set named twice.
    """
    terms: list[tuple[str, str, str]] = []
    direct: dict[str, set[str]] = {}
    for number, line in enumerate(_lines(path), start=1):
        parts = line.split("\t")
        genes = {gene for gene in parts[2:] if gene}
        if not genes or parts[0] in direct:
            raise InputError(f"{path}, line {number}: expected a new name, a description and genes, tab-separated")
        terms.append((parts[0], parts[1] or parts[0], "GMT"))
        direct[parts[0]] = {snapshot.symbol(gene) for gene in genes}
    if not terms:
        raise InputError(f"{path}: no gene set; expected lines of name, description and genes, tab-separated")
    return _replaced(snapshot, terms, {}, direct, f"GMT {Path(path).name}")


def refuse_untested(annotation: Ontology, tested: Iterable[str]) -> int:
    """How many of the annotation's genes are among the tested ones (Ensembl ids).

    Raises
    ------
    InputError
        None is: nothing could be found.
    """
    genes = set().union(*annotation.direct.values())
    own = {annotation.symbol(gene) for gene in tested}
    if not genes & own:
        raise InputError(
            f"{annotation.version}: none of its {len(genes):,} genes is among the {len(own):,} genes of the tested "
            "SNPs; take it off enrichment.more_sets"
        )
    return len(genes & own)


def with_obo(snapshot: Ontology, obo: str | Path, gaf: str | Path) -> Ontology:
    """Terms of an OBO file with the annotations of a GAF 2 file.

    Relations are is_a and part_of; obsolete terms, negated annotations and those without data (ND)
    are left out, as in the snapshot.

    Raises
    ------
    InputError
        A file without any usable entry, or a GAF line of fewer than 15 columns.
    """
    terms, parents, alternatives, release = _read_obo(obo)
    if not terms:
        raise InputError(f"{obo}: no [Term] with id, name and namespace; expected an OBO file of the Gene Ontology")
    known = {term for term, _, _ in terms}
    direct: dict[str, set[str]] = defaultdict(set)
    for number, line in enumerate(_lines(gaf), start=1):
        if line.startswith("!"):
            continue
        parts = line.split("\t")
        if len(parts) < 15:
            raise InputError(f"{gaf}, line {number}: {len(parts)} columns; GAF 2 has at least 15, tab-separated")
        symbol, qualifier, term, evidence = parts[2], parts[3], parts[4], parts[6]
        term = alternatives.get(term, term)
        if term in known and evidence != "ND" and "NOT" not in qualifier.split("|"):
            direct[term].add(snapshot.symbol(symbol))
    if not direct:
        raise InputError(f"{gaf}: no annotation of a term of {obo}; are both of the same ontology?")
    return _replaced(snapshot, terms, parents, dict(direct), f"{Path(obo).name} {release}, {Path(gaf).name}".strip())


def _read_obo(path: str | Path) -> tuple[list[tuple[str, str, str]], dict[str, set[str]], dict[str, str], str]:
    terms: list[tuple[str, str, str]] = []
    parents: dict[str, set[str]] = defaultdict(set)
    alternatives: dict[str, str] = {}
    release = ""
    for kind, tags in _stanzas(path):
        if kind == "header":
            release = (tags.get("data-version") or [""])[0]
        if kind != "Term" or "true" in tags.get("is_obsolete", []):
            continue
        if not tags.get("id"):
            raise InputError(f"{path}: a [Term] without an id; copy the file again")
        identifier, namespace = tags["id"][0], _NAMESPACES.get((tags.get("namespace") or [""])[0])
        if namespace is None:
            continue
        terms.append((identifier, (tags.get("name") or [identifier])[0], namespace))
        alternatives.update({other: identifier for other in tags.get("alt_id", [])})
        above = [value.split()[0] for value in tags.get("is_a", [])]
        above += [v.split()[1] for v in tags.get("relationship", []) if v.startswith("part_of ")]
        if above:
            parents[identifier] |= set(above)
    return terms, dict(parents), alternatives, release


def _stanzas(path: str | Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    kind, tags = "header", _no_tags()
    for line in _lines(path):
        if line.startswith("["):
            yield kind, tags
            kind, tags = line.strip("[]"), _no_tags()
        elif ": " in line:
            key, value = line.split(": ", 1)
            tags[key].append(value.split(" ! ")[0].strip())
    yield kind, tags


def _no_tags() -> dict[str, list[str]]:
    return defaultdict(list)


def _lines(path: str | Path) -> Iterator[str]:
    with open_text(path, "check the files of the section enrichment") as stream:
        for line in stream:
            if line.strip():
                yield line.rstrip("\r\n")


def _replaced(
    snapshot: Ontology,
    terms: list[tuple[str, str, str]],
    parents: dict[str, set[str]],
    direct: dict[str, set[str]],
    version: str,
) -> Ontology:
    genes = set().union(*direct.values())
    known = {*snapshot.symbol_of.values(), *snapshot.current_symbol.values(), *set().union(*snapshot.direct.values())}
    if not genes & known:
        raise InputError(
            f"{version}: none of its {len(genes)} genes is known; expected symbols of human genes (HGNC), or their "
            "Ensembl ids"
        )
    table = pd.DataFrame(terms, columns=["term_id", "name", "ontology"]).set_index("term_id")
    return dataclasses.replace(snapshot, terms=table, parents=parents, direct=direct, version=version, _propagated=None)
