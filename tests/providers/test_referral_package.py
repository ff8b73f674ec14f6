"""A package proves itself: its signature, the digest of each document, and that nothing was added or left out."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from providers.referral_package import Enclosure, open_package, pack
from providers.signing import SigningKeys

OLD, NEW = ("key-1", bytes(range(32))), ("key-2", bytes(range(1, 33)))
DOCUMENTS = [
    Enclosure("referral.pdf", "application/pdf", b"%PDF"),
    Enclosure("referral.json", "application/json", b"{}"),
]
ABOUT = {"referral_id": "referral-acc-1-1", "trail_head": {"number": 3, "hash": "ab"}}

Files = dict[str, bytes]


def package(*keys: tuple[str, bytes]) -> bytes:
    """A package, signed with the first of these keys."""
    return pack(ABOUT, DOCUMENTS, SigningKeys(keys))


def changed(content: bytes, change: Callable[[Files], object]) -> bytes:
    """The package after somebody has laid hands on it."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return written.getvalue()


def test_what_was_packed_opens_without_a_problem_and_is_the_same_bytes_each_time() -> None:
    opened = open_package(package(OLD), SigningKeys([OLD]).public)
    assert opened.problems == ()
    assert opened.manifest["trail_head"] == ABOUT["trail_head"]
    assert [each["name"] for each in opened.manifest["documents"]] == ["referral.pdf", "referral.json"]
    assert package(OLD) == package(OLD)


def test_after_a_rotation_the_new_key_signs_and_old_packages_still_hold() -> None:
    both = SigningKeys([NEW, OLD])
    assert open_package(package(OLD), both.public).problems == ()
    assert open_package(package(NEW, OLD), both.public).manifest["signature"]["key_id"] == "key-2"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda files: files.update({"referral.json": b"[]"}), "referral.json: has been changed"),
        (lambda files: files.pop("referral.pdf"), "referral.pdf: is missing"),
        (lambda files: files.update({"extra.pdf": b"x"}), "extra.pdf: was added"),
        (
            lambda files: files.update({"manifest.json": files["manifest.json"].replace(b"acc-1-1", b"acc-2-1")}),
            "manifest.json: its signature by key key-1 does not fit",
        ),
    ],
)
def test_whatever_is_changed_shows(change: Callable[[Files], object], problem: str) -> None:
    (found,) = open_package(changed(package(OLD), change), SigningKeys([OLD]).public).problems
    assert found.startswith(problem)


def test_a_strangers_signature_and_none_at_all_are_told_apart() -> None:
    known = SigningKeys([OLD]).public
    assert "is not known here" in open_package(package(NEW), known).problems[0]
    assert open_package(package(), known).problems == ("manifest.json: it is not signed",)


@pytest.mark.parametrize("content", [b"", b"%PDF", changed(package(OLD), lambda files: files.pop("manifest.json"))])
def test_what_is_no_package_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="is no package of a referral"):
        open_package(content, {})
