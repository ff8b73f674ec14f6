"""The hand-over of a referral in the records: what was approved, sealed once, taken once, whatever is tried again."""

import base64
import dataclasses
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import select
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.assembly import binder_of
from activities.booking import Books
from activities.composer import Composer
from activities.desk import Library
from activities.legal import Legal
from activities.opening import open_account
from domain.agents import AgentCard
from domain.case import Case, Referral
from domain.events import apply
from domain.orders import Booking, CaseToRefer, MessageToBook, OpenCase, ReferralOutcome, ReviewToOpen
from domain.terms import Channel, Stage
from providers.counsel import CounselFolder, Parcel
from providers.referral_package import open_package
from providers.signing import SigningKeys
from storage import audit, schema
from storage.accounts import find_account
from storage.agents import register_agent
from storage.database import Database
from storage.legal_tables import CounselNotice, ReferralPackage
from storage.registration import register
from storage.tables import CallTask, Contact, ContactStatus, LegalReferral, RecordedDuty
from tests.records.conftest import NOON, ROOT
from tests.registrations import owed, registration

KEYS = SigningKeys([("key-1", bytes(range(32)))])
REVIEW_AT = NOON + timedelta(days=170)
NOTICE = "acc-1.3"


class Office:
    """An account that has come to its review, and those who decide on it."""

    def __init__(self, database: Database, library: Library, composer: Composer, folder: Path) -> None:
        self.database, self.folder, self.now = database, folder, REVIEW_AT
        self.books = Books(library)
        binder = binder_of(ROOT / "config" / "templates", composer, library, KEYS)
        self.legal = Legal(database, library, CounselFolder(folder), binder)
        with database.writing() as session:
            plain = registration(instalments=(owed("2027-02-28"),))
            register(session, plain, "fenfu-cn", NOON)
            opened = open_account(session, library, OpenCase("acc-1", NOON)).case
            find_account(session, "acc-1").stage = Stage.PRE_LEGAL
            register_agent(session, AgentCard(agent_id="head", name="陈", languages=("zh-CN",), authority=5), NOON)
            session.add_all([*_contacts(), *_other_records()])
        self.case = _exhausted(opened)

    def review(self) -> Referral:
        """Open the review, as the case does when its time has come."""
        environment = ActivityEnvironment()
        referral = environment.run(self.legal.open_review, ReviewToOpen(self.case, self.now))
        self.case = replace(self.case, referral=referral)
        return referral

    def decide(self, referral: Referral, by: str = "head") -> Booking:
        """Somebody approves."""
        ids = {"referral_id": referral.referral_id, "checklist_digest": referral.checklist_digest}
        return self.book("decide_legal_referral", approve=True, reason_code="read", decided_by=by, **ids)

    def book(self, name: str, **body: object) -> Booking:
        """Book a request, or a fact if it says when it occurred."""
        key = "event_id" if "occurred_at" in body else "request_id"
        message_id = f"{name}-{self.now:%H%M%S}"
        order = MessageToBook("acc-1", name, message_id, {key: message_id, **body}, self.now, self.case)
        with self.database.writing() as session:
            booking = self.books.book(session, order)
        for event in booking.events:
            self.case = apply(self.case, event)
        return booking

    def pay(self, amount: str) -> None:
        """Money arrives."""
        moment = self.now.isoformat()
        paid = {"payment_id": f"pay-{amount}", "amount": amount, "currency": "CNY", "received_at": moment}
        self.book("record_payment", occurred_at=moment, **paid)

    def refer(self, case: Case | None = None) -> ReferralOutcome:
        """One attempt at the hand-over, a minute after whatever was before."""
        self.now += timedelta(minutes=1)
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, started_time=self.now)
        return environment.run(self.legal.refer_to_legal, CaseToRefer(case or self.case))

    def at_counsel(self) -> list[str]:
        """What counsel's folder holds."""
        return sorted(path.name for path in self.folder.glob("*.zip"))

    def trail(self) -> list[str]:
        """The kinds of what the audit trail tells."""
        with self.database.reading() as session:
            return [each.kind for each in audit.trail(session, "acc-1")]


def _contacts() -> list[Contact]:
    sent = [
        ("acc-1.1", Channel.SMS, Stage.FIRST_REMINDER, 1),
        ("acc-1.2", Channel.EMAIL, Stage.ESCALATION, 50),
        (NOTICE, Channel.LETTER, Stage.PRE_LEGAL, 93),
    ]
    return [
        Contact(
            contact_id=contact_id,
            account_id="acc-1",
            debtor_id="deb-1",
            channel=channel,
            message_class="demand",
            stage=stage,
            status=ContactStatus.DELIVERED if contact_id == NOTICE else ContactStatus.SENT,
            attempted_at=NOON + timedelta(days=day),
            delivered_at=NOON + timedelta(days=day + 2) if contact_id == NOTICE else None,
            address_ref="deb-1.postal.1" if channel is Channel.LETTER else None,
            words="这是一份正式的书面通知。",
            provider="print-folder",
        )
        for contact_id, channel, stage, day in sent
    ]


def _other_records() -> list[CallTask | RecordedDuty]:
    told_at = NOON + timedelta(days=93)
    given = RecordedDuty(
        account_id="acc-1",
        duty_id="bad_information_notice",
        number=1,
        state="given",
        since=told_at,
        due_at=told_at,
        channel="letter",
        sent_at=told_at,
        arrived_at=told_at,
        revision=1,
    )
    call = CallTask(call_id="acc-1.4", account_id="acc-1", stage=Stage.ESCALATION, requested_at=NOON)
    return [call, given]


def _exhausted(case: Case) -> Case:
    return replace(
        case,
        stage=Stage.PRE_LEGAL,
        stage_entered_at=NOON + timedelta(days=92),
        attempts=3,
        delivered=1,
        contacts={Channel.SMS: 1, Channel.EMAIL: 1, Channel.LETTER: 1},
        last_touch_at=NOON + timedelta(days=93),
    )


@dataclass(frozen=True)
class SlowCounsel:
    """Takes its time, in which something happens."""

    meanwhile: Callable[[], None]

    def hand_over(self, parcel: Parcel) -> str:
        """Take it."""
        self.meanwhile()
        return f"receipt of {parcel.key}"


@pytest.fixture
def office(url: str, library: Library, composer: Composer, tmp_path: Path) -> Iterator[Office]:
    database = Database(url)
    schema.migrate(database)
    yield Office(database, library, composer, tmp_path / "legal")
    database.dispose()


def _moment_of(office: Office) -> datetime | None:
    with office.database.reading() as session:
        return session.exec(select(LegalReferral)).one().handed_over_at


def test_an_approved_referral_is_handed_over_once_however_often_it_is_tried(office: Office) -> None:
    referral = office.review()
    assert referral.missing == ()
    assert office.decide(referral).refusal is None
    first = office.refer()
    assert first.handed_over_at is not None
    assert office.refer() == first
    assert office.at_counsel() == [f"{referral.referral_id}.zip"]
    assert [office.trail().count(kind) for kind in ("referral_sealed", "referred")] == [1, 1]
    package = open_package((office.folder / f"{referral.referral_id}.zip").read_bytes(), KEYS.public)
    assert package.problems == ()
    assert f"letters/{NOTICE}.pdf" in [each["name"] for each in package.manifest["documents"]]


def test_without_an_approval_nothing_is_handed_over(office: Office) -> None:
    office.review()
    assert office.refer().handed_over_at is None
    assert office.at_counsel() == []


@pytest.mark.parametrize("by", ["nobody-knows-them", "clerk"])
def test_nobody_without_that_authority_can_approve(office: Office, by: str) -> None:
    with office.database.writing() as session:
        register_agent(session, AgentCard(agent_id="clerk", name="李", languages=("zh-CN",), authority=4), NOON)
    refusal = office.decide(office.review(), by).refusal
    assert refusal is not None
    assert refusal.code == "no_authority"
    assert office.case.referral is not None
    assert office.case.referral.approved_by is None


def test_what_was_sealed_is_what_leaves_although_the_first_attempt_failed(office: Office) -> None:
    office.decide(office.review())
    office.folder.write_text("no folder")
    with pytest.raises(ApplicationError, match="FileExistsError"):
        office.refer()
    with office.database.reading() as session:
        sealed = session.exec(select(ReferralPackage)).one()
    assert not sealed.may_have_left, "it certainly did not"
    office.folder.unlink()
    assert office.refer().handed_over_at == _moment_of(office)
    assert office.trail().count("referral_sealed") == 1


def test_a_payment_after_the_approval_voids_it_and_what_never_left_is_forgotten(office: Office) -> None:
    office.decide(office.review())
    office.folder.write_text("no folder")
    with pytest.raises(ApplicationError):
        office.refer()
    office.pay("34.56")
    office.folder.unlink()
    outcome = office.refer()
    assert (outcome.handed_over_at, outcome.reason) == (None, "changed since approval: checklist")
    assert office.at_counsel() == []
    with office.database.reading() as session:
        assert session.exec(select(ReferralPackage)).all() == []
        assert session.exec(select(CounselNotice)).all() == [], "counsel has nothing to forget"


def test_a_hold_stops_the_hand_over_and_what_was_approved_holds_again_when_it_has_ended(office: Office) -> None:
    office.decide(office.review())
    approved = office.case
    office.now += timedelta(seconds=1)
    office.book("hold_case", hold_id="hold-1", reason_code="checking", held_by="me")
    assert office.refer(approved).reason == "changed since approval: no_open_hold"
    assert office.at_counsel() == []
    office.now += timedelta(seconds=1)
    office.book("resume_case", hold_id="hold-1", reason_code="checked", resumed_by="me")
    assert office.refer(approved).handed_over_at is not None


def test_money_that_comes_while_the_file_is_on_its_way_is_told_to_counsel_afterwards(
    office: Office, library: Library, composer: Composer
) -> None:
    office.decide(office.review())
    binder = binder_of(ROOT / "config" / "templates", composer, library, KEYS)
    office.legal = Legal(office.database, library, SlowCounsel(lambda: office.pay("100.00")), binder)
    assert office.refer().handed_over_at is not None
    with office.database.reading() as session:
        (notice,) = session.exec(select(CounselNotice)).all()
    assert (notice.kind, notice.body["outstanding"]) == ("payment", "1134.56")


def test_the_file_tells_the_evidence_in_the_persons_language_and_its_digest_can_be_checked_by_whoever_reads_it(
    office: Office,
) -> None:
    office.decide(office.review())
    office.refer()
    content = next(office.folder.glob("*.zip")).read_bytes()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        checklist = json.loads(archive.read("referral.json"))["checklist"]
    evidence = {each["name"]: each["evidence"] for each in checklist["items"]}
    assert evidence["no_open_hold"] == "没有进行中的事项"
    assert evidence["final_notice_delivered"] == f"已证明送达（信函）：{NOTICE}"
    facts = [{name: value for name, value in each.items() if name != "evidence"} for each in checklist["items"]]
    assert hashlib.sha256(rfc8785.dumps(facts)).hexdigest()[:32] == checklist["digest"]


def test_the_approval_of_an_older_checklist_is_refused(office: Office) -> None:
    older = office.review()
    office.now += timedelta(seconds=1)
    office.pay("34.56")
    newer = office.review()
    assert newer.checklist_digest != older.checklist_digest
    refusal = office.decide(replace(newer, checklist_digest=older.checklist_digest)).refusal
    assert refusal is not None
    assert refusal.code == "checklist_changed"
    assert office.decide(newer).refusal is None


def test_counsel_is_told_of_a_payment_after_the_hand_over(office: Office) -> None:
    office.decide(office.review())
    office.refer()
    office.now += timedelta(seconds=1)
    office.pay("100.00")
    with office.database.reading() as session:
        (notice,) = session.exec(select(CounselNotice)).all()
    assert (notice.kind, notice.body["outstanding"]) == ("payment", "1134.56")


def verified_as_the_docs_say(content: bytes, public_key: bytes, trail_head: str) -> list[str]:
    """What does not hold in a package, found by docs/legal.md alone, without the product's code."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    signature = base64.b64decode(manifest.pop("signature")["value"])
    wrong = []
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, rfc8785.dumps(manifest))
    except InvalidSignature:
        wrong.append("signature")
    named = {each["name"]: each["sha256"] for each in manifest["documents"]}
    wrong += sorted(name for name in files.keys() ^ named.keys())
    wrong += sorted(name for name in files if name in named and sha256(files[name]) != named[name])
    told = json.loads(files.get("referral.json", b"{}")).get("trail_head", {})
    if {manifest["trail_head"]["hash"], told.get("hash")} != {trail_head}:
        wrong.append("trail_head")
    return wrong


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_counsel_verifies_a_package_by_the_docs_alone_and_finds_whatever_was_changed(office: Office) -> None:
    office.decide(office.review())
    office.refer()
    (path,) = office.folder.glob("*.zip")
    content, key = path.read_bytes(), KEYS.public["key-1"]
    with office.database.reading() as session:
        records = audit.trail(session, "acc-1")
    head = json.loads(zipfile.ZipFile(BytesIO(content)).read("manifest.json"))["trail_head"]
    recorded = records[head["number"] - 1].hash
    assert verified_as_the_docs_say(content, key, recorded) == []
    assert verified_as_the_docs_say(content, key, "00" * 32) == ["trail_head"]
    for name in zipfile.ZipFile(BytesIO(content)).namelist():
        expected = "signature" if name == "manifest.json" else name
        assert verified_as_the_docs_say(tampered(content, name), key, recorded) == [expected]


def tampered(content: bytes, name: str) -> bytes:
    """The package with one small change in one of its files."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(written, "w") as other:
        for each in archive.namelist():
            read = archive.read(each)
            changed = read.replace(b'"acc-1"', b'"acc-2"', 1) if each.endswith(".json") else read + b" "
            other.writestr(each, changed if each == name else read)
    return written.getvalue()


def test_messages_that_reached_nobody_make_no_referral(office: Office) -> None:
    with office.database.writing() as session:
        session.get_one(Contact, "acc-1.1").simulated = True
    assert office.review().missing == ("really_sent",)


def test_counsel_hears_of_time_and_plans_that_the_person_was_given(office: Office) -> None:
    office.decide(office.review())
    office.refer()
    office.now += timedelta(minutes=1)
    office.book("grant_grace", until="2027-10-01", reason_code="illness", granted_by="head")
    with office.database.reading() as session:
        (notice,) = session.exec(select(CounselNotice)).all()
    assert (notice.kind, notice.body["details"]["until"]) == ("grace", "2027-10-01")


def test_an_outcome_at_counsel_is_of_the_accounts_own_referral_and_the_last_one_stays(office: Office) -> None:
    referral = office.review()
    office.decide(referral)
    office.refer()

    def report(referral_id: str, outcome: str) -> str | None:
        office.now += timedelta(minutes=1)
        told = {"occurred_at": office.now.isoformat(), "referral_id": referral_id, "outcome": outcome}
        booking = office.book("record_legal_outcome", **told)
        return booking.refusal.code if booking.refusal is not None else None

    with office.database.writing() as session:
        register(session, registration("acc-2", "deb-2"), "fenfu-cn", NOON)
        session.add(
            LegalReferral(
                referral_id="another",
                account_id="acc-2",
                checklist=[],
                checklist_digest="",
                opened_at=NOON,
                handed_over=True,
            )
        )
    assert report("another", "settled") == "unknown_referral"
    assert [report(referral.referral_id, each) for each in ("judgment", "settled", "settled")] == [None] * 3
    assert [report(referral.referral_id, each) for each in ("judgment", "withdrawn")] == ["outcome_known"] * 2
