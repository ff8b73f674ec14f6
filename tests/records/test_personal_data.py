"""Personal data at rest."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from storage import schema
from storage.database import Database
from storage.key_rotation import rotate_data_keys
from storage.people import addresses, suppress_address
from storage.personal import Keyring, PersonalDataUnreadableError, use_keyring
from storage.registration import register
from storage.tables import Address, Debtor
from tests.registrations import registration

NOW = datetime(2027, 1, 5, tzinfo=UTC)
OLD, NEW = ("key-1", os.urandom(32)), ("key-2", os.urandom(32))
PERSONAL = ("王小明", "13800138000", "deb-1@example.com", "朝阳区")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'records.db'}")
    schema.migrate(database)
    yield database
    database.dispose()
    use_keyring(Keyring())


def register_plain_account(database: Database, account_id: str = "acc-1", debtor_id: str = "deb-1") -> None:
    with database.writing() as session:
        register(session, registration(account_id, debtor_id, email="deb-1@example.com"), "fenfu-cn", NOW)


def bytes_at_rest(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("records.db*")))


def name_of(database: Database) -> str:
    with database.reading() as session:
        return session.exec(select(Debtor)).one().name


def test_no_personal_data_can_be_read_off_the_disk(database: Database, tmp_path: Path) -> None:
    use_keyring(Keyring([OLD]))
    register_plain_account(database)
    assert name_of(database) == "王小明"
    at_rest = bytes_at_rest(tmp_path)
    assert [each for each in PERSONAL if each.encode() in at_rest] == []


def test_without_keys_they_can_which_shows_that_the_check_above_looks_in_the_right_place(
    database: Database, tmp_path: Path
) -> None:
    register_plain_account(database)
    at_rest = bytes_at_rest(tmp_path)
    assert [each for each in PERSONAL if each.encode() in at_rest] == list(PERSONAL)


def test_a_value_moved_to_another_column_is_refused(database: Database) -> None:
    ring = Keyring([OLD])
    with pytest.raises(PersonalDataUnreadableError, match=r"debtor\.name was changed or moved"):
        ring.open(ring.seal("somebody", "address.value"), "debtor.name")


def test_an_old_key_is_needed_until_the_rotation_and_not_after_it(database: Database) -> None:
    use_keyring(Keyring([OLD]))
    register_plain_account(database)
    use_keyring(Keyring([NEW]))
    with pytest.raises(PersonalDataUnreadableError, match="key-1"):
        name_of(database)
    use_keyring(Keyring([NEW, OLD]))
    assert rotate_data_keys(database) == 4
    assert rotate_data_keys(database) == 0
    use_keyring(Keyring([NEW]))
    assert name_of(database) == "王小明"


def test_a_number_is_recognised_as_the_same_before_while_and_after_keys_rotate(database: Database) -> None:
    use_keyring(Keyring([OLD]))
    register_plain_account(database)
    use_keyring(Keyring([NEW, OLD]))
    register_plain_account(database, "acc-2")
    register_plain_account(database, "acc-3", "deb-2")
    with database.writing() as session:
        known = addresses(session, "deb-1")
        assert len(known) == 3, "the second registration adds no address that is known already"
        number = next(each for each in known if each.kind == "phone")
        suppress_address(session, number, NOW, "wrong_party")
    with database.reading() as session:
        suppressed = session.exec(select(Address).where(Address.kind == "phone")).all()
        assert [each.unusable_code for each in suppressed] == ["wrong_party", "wrong_party"]
