"""Files of referrals: taken out of the records, checked by whoever has one, and the keys to check them with."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from activities.assembly import binder_of, signing_keys
from activities.composer import Composer
from activities.desk import Desk
from activities.referral_file import draw_up_file
from cli.connection import library, records, settings
from cli.failures import CannotError
from cli.options import AccountId, Json
from cli.printing import console, print_fields, print_json, print_table
from providers.referral_package import Opened, open_package
from providers.signing import PublicKeys
from storage import audit
from storage.database import Database
from storage.legal_tables import ReferralPackage
from storage.referrals import newest_review
from storage.tables import AuditRecord

commands = typer.Typer()
legal_commands = typer.Typer(
    help="Files of referrals: look at one, write one, check one, publish the keys.", no_args_is_help=True
)
commands.add_typer(legal_commands, name="legal", rich_help_panel="Look")

_PublicKey = Annotated[
    list[str] | None,
    typer.Option("--public-key", metavar="ID:BASE64", help="A key to check with, in place of this process's own."),
]


@legal_commands.command()
def keys(as_json: Json = False) -> None:
    """Print the public keys, for counsel to keep: whoever has them can check a file without us."""
    public = {key_id: base64.b64encode(key).decode() for key_id, key in _own_keys().items()}
    if not public:
        raise CannotError("no signing key is set; set DUECOURSE_LEGAL_SIGNING_KEYS, as docs/configuration.md says")
    if as_json:
        print_json({"algorithm": "Ed25519", "keys": public})
    else:
        print_table("Public keys (Ed25519), the one that signs first", ("id", "key"), public.items())


@legal_commands.command()
def file(
    account_id: AccountId,
    out: Annotated[Path, typer.Option(metavar="FILE.zip", help="Where to write it.")],
) -> None:
    """Write the newest sealed file of an account's referral, for counsel's eyes only."""
    with records() as database, database.reading() as session:
        chosen = select(ReferralPackage).where(col(ReferralPackage.account_id) == account_id)
        package = session.exec(chosen.order_by(col(ReferralPackage.drawn_up_at).desc())).first()
    if package is None:
        raise CannotError(f"no file of a referral of account {account_id} has been sealed; see: status {account_id}")
    out.touch(mode=0o600)
    out.write_bytes(base64.b64decode(package.content))
    console().print(f"Written to {out}, for counsel's eyes only. SHA-256 {package.digest}")


@legal_commands.command()
def preview(
    account_id: AccountId,
    out: Annotated[Path, typer.Option(metavar="FILE.pdf", help="Where to write it.")],
) -> None:
    """Write the pages of the file as it would be today, for whoever must decide on the referral that waits."""
    chosen, known = settings(), library()
    composer = Composer(chosen.templates_dir)
    binder = binder_of(chosen.templates_dir, composer, known, signing_keys(chosen))
    with records() as database, database.writing() as session:
        review = newest_review(session, account_id)
        if review is None:
            raise CannotError(f"no referral of account {account_id} is under review; see its next step in: status")
        desk = Desk.open(session, known, account_id, lambda: datetime.now(UTC))
        document = draw_up_file(desk, review, binder.words_for(desk.debtor.language))
    out.touch(mode=0o600)
    out.write_bytes(binder.pages(document, document.as_bytes()))
    console().print(f"Written to {out}. It holds personal data and is for whoever decides alone.")


@legal_commands.command()
def verify(
    package: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The file, as counsel got it.", exists=True)],
    public_key: _PublicKey = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not compare with the records.")] = False,
    as_json: Json = False,
) -> None:
    """Check a file's signature and digests, and against the records its trail and that it is what left; else exit 1."""
    content = package.read_bytes()
    try:
        opened = open_package(content, _given_keys(public_key) or _own_keys())
    except ValueError as error:
        raise CannotError(f"{package}: {error}") from error
    problems = list(opened.problems)
    if not offline:
        with records() as database:
            problems += _against_records(database, opened, hashlib.sha256(content).hexdigest())
    _tell(opened, problems, as_json)
    if problems:
        raise typer.Exit(1)


def _tell(opened: Opened, problems: list[str], as_json: bool) -> None:
    manifest = opened.manifest
    told: dict[str, Any] = {
        "referral_id": manifest.get("referral_id"),
        "drawn_up_at": manifest.get("drawn_up_at"),
        "key_id": (manifest.get("signature") or {}).get("key_id"),
        "documents": len(manifest["documents"]),
        "problems": problems,
    }
    if as_json:
        print_json(told)
    else:
        print_fields("Does not hold" if problems else "Signature, digests and trail hold", told)


def _against_records(database: Database, opened: Opened, digest: str) -> list[str]:
    manifest = opened.manifest
    with database.reading() as session:
        sealed = session.get(ReferralPackage, str(manifest.get("referral_id")))
        problems = [*_trail_problems(session, str(manifest.get("account_id")), manifest.get("trail_head") or {})]
    if sealed is None:
        problems.append("records: no such referral was sealed here")
    elif sealed.digest != digest:
        problems.append("records: what was sealed here is another file")
    return problems


def _trail_problems(session: Session, account_id: str, head: dict[str, Any]) -> list[str]:
    """Whether the account's trail still is whole and leads through the head that the file names."""
    problems = [
        f"trail: record {each.number}: {each.problem}" for each in audit.verify(audit.trail(session, account_id))
    ]
    record = session.get(AuditRecord, (account_id, head.get("number", 0)))
    if record is None or record.hash != head.get("hash"):
        problems.append("trail: the head that the file names is not in it")
    return problems


def _own_keys() -> PublicKeys:
    return signing_keys(settings()).public


def _given_keys(written: list[str] | None) -> PublicKeys:
    try:
        pairs = (each.partition(":") for each in written or ())
        return {key_id: base64.b64decode(key, validate=True) for key_id, _, key in pairs}
    except ValueError as error:
        raise typer.BadParameter("write it as the command legal keys does", param_hint="--public-key") from error
