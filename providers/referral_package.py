"""The package that counsel gets: a ZIP file of documents with a signed manifest that names the digest of each."""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from providers.signing import PublicKeys, SigningKeys, signature_problem

FORMAT = "duecourse-package/1"
MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can hold: the same documents make the same bytes."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One document of a package."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A package that was read, and what does not hold in it."""

    manifest: dict[str, Any]
    problems: tuple[str, ...]
    """In words; empty when signature and digests hold and nothing is missing or was added."""


def pack(about: dict[str, Any], enclosures: Sequence[Enclosure], keys: SigningKeys) -> bytes:
    """Seal documents into a package. The same arguments give the same bytes.

    Args:
        about: what the manifest says beside the documents: ids, moments and the head of the audit trail.
        enclosures: the documents, each under a name of its own.
        keys: the first of them signs.
    """
    documents = [
        {
            "name": each.name,
            "media_type": each.media_type,
            "bytes": len(each.content),
            "sha256": hashlib.sha256(each.content).hexdigest(),
        }
        for each in enclosures
    ]
    manifest = keys.signed({"format": FORMAT, **about, "documents": documents})
    return _zipped([Enclosure(MANIFEST, "application/json", as_json(manifest)), *enclosures])


def open_package(content: bytes, known: PublicKeys) -> Opened:
    """Read a package and check its signature and digests.

    Raises:
        ValueError: if it is no package at all.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(files.pop(MANIFEST))
        named = {each["name"]: each["sha256"] for each in manifest["documents"]}
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            "is no package of a referral: a ZIP file with a manifest.json that names its documents"
        ) from error
    problem = signature_problem(manifest, known)
    problems = (f"{MANIFEST}: {problem}",) if problem is not None else ()
    return Opened(manifest, (*problems, *_wrong_documents(named, files)))


def as_json(document: dict[str, Any]) -> bytes:
    """A document as it is written into files for counsel."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _wrong_documents(named: dict[str, str], files: dict[str, bytes]) -> Iterator[str]:
    for name, digest in named.items():
        if name not in files:
            yield f"{name}: is missing"
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            yield f"{name}: has been changed"
    yield from (f"{name}: was added" for name in sorted(files.keys() - named.keys()))


def _zipped(enclosures: Sequence[Enclosure]) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in enclosures:
            info = zipfile.ZipInfo(each.name, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(info, each.content)
    return written.getvalue()
