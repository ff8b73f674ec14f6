"""What a person is told of what is held on them, why a contact was made, and what is left when the time has passed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from activities.account_statement import account_statement
from activities.composer import Composer
from activities.contacts import Contacts
from activities.desk import Library
from activities.opening import open_account
from domain.case import Closed
from domain.orders import OpenCase
from domain.terms import Channel, ClosedReason
from providers.outbox import Outbox
from storage import schema
from storage.accounts import find_account, store_case, stored_case
from storage.audit import every_record, trail, verify
from storage.database import Database, UnknownDebtorError
from storage.disclosure import disclose
from storage.explanation import UnknownContactError, explain
from storage.legal_tables import ReferralPackage
from storage.registration import register
from storage.retention import purge
from storage.tables import LegalReferral
from tests.records.conftest import NOON, order
from tests.records.lone_case import contact_at
from tests.registrations import registration

PERSONAL = ("王小明", "+8613800138000", "deb-1@example.com", "北京市朝阳区示例路1号")
FIVE_YEARS = timedelta(days=5 * 366)


@pytest.fixture
def database(url: str, library: Library, composer: Composer, tmp_path: Path) -> Iterator[Database]:
    """One account that was contacted once."""
    database = Database(url)
    schema.migrate(database)
    with database.writing() as session:
        register(session, registration(), "fenfu-cn", NOON)
        open_account(session, library, OpenCase("acc-1", NOON))
    contacts = Contacts(database, library, composer, dict.fromkeys(Channel, Outbox(tmp_path / "outbox")))
    contact_at(contacts, order("acc-1"), NOON)
    yield database
    database.dispose()


def close(database: Database, at: datetime) -> None:
    with database.writing() as session:
        account = find_account(session, "acc-1")
        case = stored_case(account)
        assert case is not None
        store_case(session, account, replace(case, closed=Closed(ClosedReason.SETTLED, at)))


def keep_five_years(_jurisdiction: str, last_activity: datetime) -> datetime:
    return last_activity + FIVE_YEARS


def everything(database: Database, library: Library) -> str:
    with database.reading() as session:
        held = disclose(session, "deb-1", lambda account: account_statement(session, library, account, NOON))
        return json.dumps(held, ensure_ascii=False)


def test_a_person_is_given_all_that_is_held_on_them(database: Database, library: Library) -> None:
    told = everything(database, library)
    assert [each for each in PERSONAL if each not in told] == []
    assert "1,234.56" in told, "the words that were sent"
    assert '"closing": {"principal": "1000.00"' in told, "the statement of the account"


def test_nobody_is_given_what_is_held_on_somebody_unknown(database: Database) -> None:
    with database.reading() as session, pytest.raises(UnknownDebtorError):
        disclose(session, "deb-2", lambda _account: {})


def test_a_contact_is_explained_by_rules_words_and_versions(database: Database) -> None:
    with database.reading() as session:
        told = explain(session, "acc-1.1")
    assert told["policy"] == "fenfu-cn"
    assert told["template"] == "zh-CN/demand/first_reminder.sms"
    assert "1,234.56" in told["words"]
    assert {"CN-01"} <= {each["rule"] for each in told["rules"]}
    assert not told["sent_for_real"]
    assert [each["kind"] for each in told["trail"]] == ["contact_sent"]


def test_an_unknown_contact_is_not_explained(database: Database) -> None:
    with database.reading() as session, pytest.raises(UnknownContactError, match=r"acc-1\.9"):
        explain(session, "acc-1.9")


def test_nothing_is_erased_while_a_case_is_open_however_old(database: Database) -> None:
    assert purge(database, keep_five_years, NOON + 10 * FIVE_YEARS) == []


def test_nothing_is_erased_before_its_time(database: Database) -> None:
    close(database, NOON + timedelta(days=30))
    assert purge(database, keep_five_years, NOON + FIVE_YEARS) == []


def test_past_its_time_what_is_personal_goes_and_figures_and_trail_stay(database: Database, library: Library) -> None:
    close(database, NOON + timedelta(days=30))
    past = NOON + timedelta(days=31) + FIVE_YEARS
    assert purge(database, keep_five_years, past) == ["deb-1"]
    assert purge(database, keep_five_years, past) == []
    left = everything(database, library)
    assert [each for each in PERSONAL if each in left] == []
    with database.reading() as session:
        assert verify(every_record(session)) == []
        assert trail(session, "acc-1")[-1].kind == "personal_data_erased"
    assert json.loads(left)["accounts"][0]["statement"]["closing"]["total"] == "1234.56"


def test_the_file_of_a_referral_goes_with_what_it_was_made_from(database: Database, library: Library) -> None:
    ids: dict[str, Any] = {"referral_id": "referral-acc-1-1", "account_id": "acc-1"}
    with database.writing() as session:
        session.add(LegalReferral(**ids, checklist=[], checklist_digest="d", opened_at=NOON))
        session.flush()
        session.add(ReferralPackage(**ids, drawn_up_at=NOON, digest="d", content="UEs="))
    assert json.loads(everything(database, library))["accounts"][0]["referrals"][0]["referral_id"] == "referral-acc-1-1"
    close(database, NOON)
    assert purge(database, keep_five_years, NOON + timedelta(days=1) + FIVE_YEARS) == ["deb-1"]
    with database.reading() as session:
        assert session.exec(select(ReferralPackage)).all() == []
        assert session.exec(select(LegalReferral)).one().referral_id == "referral-acc-1-1"
