"""Files of referrals on the command line: checked by signature, digests and trail, here and by whoever has the key."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import Session, col, update

from providers.referral_package import Enclosure, pack
from providers.signing import SigningKeys
from storage import audit
from storage.database import Database
from storage.legal_tables import ReferralPackage
from storage.registration import register
from storage.tables import AuditRecord, LegalReferral
from tests.cli.commands import Commands
from tests.registrations import registration

NOW = datetime(2027, 8, 1, tzinfo=UTC)
SEED = bytes(range(32))
PUBLIC = base64.b64encode(SigningKeys([("key-1", SEED)]).public["key-1"]).decode()


@pytest.fixture
def sealed(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a referral that was sealed here, as counsel got it."""
    monkeypatch.setenv("DUECOURSE_LEGAL_SIGNING_KEYS", f"key-1:{base64.b64encode(SEED).decode()}")
    database = Database(f"sqlite:///{commands.folder / 'records.db'}")
    with database.writing() as session:
        register(session, registration(), "fenfu-cn", NOW)
        content = _seal(session)
    database.dispose()
    file = commands.folder / "counsels.zip"
    file.write_bytes(content)
    return file


def _seal(session: Session) -> bytes:
    newest = audit.trail(session, "acc-1")[-1]
    about = {
        "referral_id": "referral-acc-1-1",
        "account_id": "acc-1",
        "drawn_up_at": NOW.isoformat(),
        "trail_head": {"number": newest.number, "hash": newest.hash},
    }
    content = pack(about, [Enclosure("referral.json", "application/json", b"{}")], SigningKeys([("key-1", SEED)]))
    ids: dict[str, Any] = {"referral_id": "referral-acc-1-1", "account_id": "acc-1"}
    session.add(LegalReferral(**ids, checklist=[], checklist_digest="d", opened_at=NOW))
    session.flush()
    digest = hashlib.sha256(content).hexdigest()
    session.add(ReferralPackage(**ids, drawn_up_at=NOW, digest=digest, content=base64.b64encode(content).decode()))
    return content


def test_a_file_that_was_sealed_here_holds_and_can_be_written_again(commands: Commands, sealed: Path) -> None:
    told = commands.answer("legal", "verify", sealed)
    assert (told["problems"], told["key_id"], told["referral_id"]) == ([], "key-1", "referral-acc-1-1")
    commands.done("legal", "file", "acc-1", "--out", commands.folder / "again.zip")
    assert (commands.folder / "again.zip").read_bytes() == sealed.read_bytes()
    assert (commands.folder / "again.zip").stat().st_mode & 0o077 == 0, "for counsel's eyes only"


def test_whoever_decides_sees_the_pages_beforehand(commands: Commands, sealed: Path) -> None:
    pages = commands.folder / "pages.pdf"
    commands.done("legal", "preview", "acc-1", "--out", pages)
    text = "".join(page.extract_text() for page in PdfReader(pages).pages)
    assert "王小明" in text
    assert "referral-acc-1-1" in text
    assert "is under review" in commands.refusal("legal", "preview", "acc-9", "--out", pages)


def test_counsel_checks_a_file_with_nothing_but_the_public_key(
    commands: Commands, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert commands.answer("legal", "keys")["keys"] == {"key-1": PUBLIC}
    monkeypatch.delenv("DUECOURSE_LEGAL_SIGNING_KEYS")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{commands.folder / 'nowhere' / 'none.db'}")
    assert "Signature, digests and trail hold" in commands.done(
        "legal", "verify", sealed, "--offline", "--public-key", f"key-1:{PUBLIC}"
    )
    result = commands.run("legal", "verify", sealed, "--offline")
    assert result.exit_code == 1
    assert "not known here" in " ".join(result.stdout.split())


def test_a_trail_that_was_changed_after_the_file_was_sealed_shows(commands: Commands, sealed: Path) -> None:
    database = Database(f"sqlite:///{commands.folder / 'records.db'}")
    with database.writing() as session:
        session.exec(update(AuditRecord).where(col(AuditRecord.number) == 1).values(hash="0" * 64))
    database.dispose()
    result = commands.run("legal", "verify", sealed, "--json")
    assert result.exit_code == 1
    assert "the head that the file names is not in it" in result.stdout
    assert "the record was changed" in result.stdout


def test_another_file_under_the_same_name_and_what_is_none_at_all_are_refused(commands: Commands, sealed: Path) -> None:
    about = {"referral_id": "referral-acc-1-1", "account_id": "acc-1", "trail_head": {"number": 1, "hash": "x"}}
    sealed.write_bytes(pack(about, [], SigningKeys([("key-1", SEED)])))
    result = commands.run("legal", "verify", sealed, "--json")
    assert result.exit_code == 1
    assert "what was sealed here is another file" in result.stdout
    sealed.write_bytes(b"%PDF")
    assert "is no package of a referral" in commands.refusal("legal", "verify", sealed)


def test_without_keys_or_a_referral_the_commands_say_what_is_missing(commands: Commands) -> None:
    assert "set DUECOURSE_LEGAL_SIGNING_KEYS" in commands.refusal("legal", "keys")
    assert "has been sealed" in commands.refusal("legal", "file", "acc-9", "--out", commands.folder / "x.zip")
