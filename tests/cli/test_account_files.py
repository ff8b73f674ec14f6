"""Reading files of accounts: what goes on, and what is refused by line, column and reason."""

from datetime import date
from pathlib import Path

import pytest

from cli.account_files import ACCOUNT_COLUMNS, Reading, read_accounts
from cli.consent_columns import CONSENT_COLUMNS
from cli.csv_tables import UnusableFileError
from domain.late_terms import LateTerms
from tests.cli.files import accounts_file, instalment, instalments_file, reading, refused, row

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_good_row_becomes_a_registration_with_one_instalment(tmp_path: Path) -> None:
    read = reading(tmp_path, row(postal_address="示例路1号\n3单元"))
    [account] = read.accounts
    assert not read.refused
    assert account.registration.debtor_name == "王小明"
    assert account.registration.postal_address == "示例路1号\n3单元"
    assert [each.principal for each in account.registration.instalments] == ["1000.00"]


def test_the_policy_of_a_row_wins_over_the_one_for_all(tmp_path: Path) -> None:
    file = accounts_file(tmp_path, row(1, policy="fenfu-cn"), row(2), columns=(*ACCOUNT_COLUMNS, "policy"))
    policies = [each.registration.policy for each in read_accounts(file, policy="demo").accounts]
    assert policies == ["fenfu-cn", "demo"]


CONSENTING = {"sms_consent": "2026-05-01", "consent_source": "loan_agreement"}


def read_consents(folder: Path, **cells: str) -> Reading:
    """What a file holds whose one row has these cells of consents."""
    return read_accounts(accounts_file(folder, row(1, **cells), columns=(*ACCOUNT_COLUMNS, *CONSENT_COLUMNS)))


def test_a_row_may_tell_of_consents_that_the_person_gave_before(tmp_path: Path) -> None:
    read = read_consents(tmp_path, voice_consent="2026-05-02", phone_confirmed="2026-09-30", **CONSENTING)
    consents = read.accounts[0].registration.consents
    given = [(each.channel, each.given_on, each.source, each.confirmed_on) for each in consents]
    confirmed = date(2026, 9, 30)
    assert given == [
        ("sms", date(2026, 5, 1), "loan_agreement", confirmed),
        ("voice", date(2026, 5, 2), "loan_agreement", confirmed),
    ]


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"sms_consent": "yes"}, "sms_consent", "must be a day of the calendar"),
        ({"voice_consent": "2026-02-30"}, "voice_consent", "must be a day of the calendar"),
        ({"phone_confirmed": "lately"}, "phone_confirmed", "must be a day of the calendar"),
        ({"consent_source": ""}, "consent_source", "must say where the consent is on record"),
        ({"consent_source": "His Agreement"}, "consent_source", "in a code such as loan_agreement"),
        ({"sms_consent": "", "phone_confirmed": "2026-09-30"}, "phone_confirmed", "goes with a consent"),
        ({"phone": ""}, "phone", "a consent needs the number that it was given for"),
    ],
)
def test_a_consent_that_cannot_be_kept_is_refused_by_its_column(
    tmp_path: Path, cells: dict[str, str], column: str, words: str
) -> None:
    [refusal] = read_consents(tmp_path, **(CONSENTING | cells)).refused
    assert refusal.column == column
    assert words in refusal.reason


def test_a_row_may_say_that_it_is_deferred_payment_credit(tmp_path: Path) -> None:
    columns = (*ACCOUNT_COLUMNS, "credit_kind")
    rows = (row(1, credit_kind="deferred_payment"), row(2), row(3, credit_kind="bnpl"))
    read = read_accounts(accounts_file(tmp_path, *rows, columns=columns))
    assert [each.registration.credit_kind for each in read.accounts] == ["deferred_payment", "credit_agreement"]
    [refusal] = read.refused
    assert refusal.column == "credit_kind"
    assert "deferred_payment" in refusal.reason


TERMS = ("late_annual_percent", "contract_date", "late_fee", "lender_type")


def test_a_row_may_say_what_paying_late_costs(tmp_path: Path) -> None:
    terms = {"late_annual_percent": "18.25", "contract_date": "2025-11-01", "lender_type": "small_loan"}
    file = accounts_file(tmp_path, row(1, **terms), row(2), columns=(*ACCOUNT_COLUMNS, *TERMS))
    lent, free = (each.registration.terms for each in read_accounts(file).accounts)
    assert lent == LateTerms.model_validate(
        {"annual_percent": "18.25", "contract_date": "2025-11-01", "lender_type": "small_loan"}
    )
    assert free is None


@pytest.mark.parametrize(
    ("wrong", "column", "words"),
    [
        ({"late_annual_percent": "18%"}, "late_annual_percent", "a percentage a year, such as 18 or 18.25"),
        ({"contract_date": "2099-01-01"}, "contract_date", "must not be later than the first due date"),
        ({"late_annual_percent": "", "late_fee": "5.00"}, "late_annual_percent", "is missing"),
        ({"late_fee": "-5.00"}, "late_fee", "a decimal such as 15.00"),
        ({"contract_date": ""}, "contract_date", "is missing"),
    ],
)
def test_terms_that_cannot_be_read_are_told_by_their_column(
    tmp_path: Path, wrong: dict[str, str], column: str, words: str
) -> None:
    terms = {"late_annual_percent": "18", "contract_date": "2025-11-01", **wrong}
    file = accounts_file(tmp_path, row(1, **terms), columns=(*ACCOUNT_COLUMNS, *TERMS))
    [told] = read_accounts(file).refused
    assert told.column == column
    assert words in told.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_chinese_name_survives_the_encodings_that_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    read = read_accounts(accounts_file(tmp_path, row(debtor_name="买买提·艾山"), encoding=encoding))
    assert read.accounts[0].registration.debtor_name == "买买提·艾山"


@pytest.mark.parametrize(
    "content",
    [
        "account_id\nJosé,\n".encode("latin-1"),
        "account_id,debtor_id\n".encode("utf-16"),
        b"account_id\0,debtor_id\n",
        b"\x89PNG\r\n\x1a\n\xff\xff",
    ],
)
def test_a_file_in_another_encoding_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(UnusableFileError, match="neither UTF-8 nor GB18030; save it as 'CSV UTF-8'"):
        read_accounts(file)


def test_missing_and_unknown_columns_are_named_with_what_was_meant(tmp_path: Path) -> None:
    columns = [name if name != "due_date" else "Due_Date" for name in ACCOUNT_COLUMNS]
    file = tmp_path / "a.csv"
    file.write_text(",".join([*columns, "colour"]))
    with pytest.raises(UnusableFileError) as refusal:
        read_accounts(file)
    words = str(refusal.value)
    assert "missing columns: due_date" in words
    assert "unknown column 'Due_Date'; write due_date" in words
    assert "unknown column 'colour'; remove it" in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty; the first line names the columns"),
        ("\n\n", "is empty; the first line names the columns"),
        (";".join(ACCOUNT_COLUMNS), "must be parted by commas"),
        (",".join([*ACCOUNT_COLUMNS, "email"]), "columns that stand twice: email"),
        (",".join(ACCOUNT_COLUMNS) + '\nacc-1,"deb"1,x', "line 2 is not CSV"),
    ],
)
def test_a_file_that_is_no_table_of_accounts_is_refused_as_a_whole(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(text)
    with pytest.raises(UnusableFileError, match=words):
        read_accounts(file)


def test_a_file_that_is_not_there_is_said_to_be_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="cannot be read"):
        read_accounts(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"account_id": ""}, "account_id", "letters, digits"),
        ({"account_id": "13800138000"}, "account_id", "looks like a personal number"),
        ({"account_id": "acc 1"}, "account_id", "letters, digits"),
        ({"debtor_id": "110101199003077578"}, "debtor_id", "looks like a personal number"),
        ({"debtor_name": ""}, "debtor_name", "is empty; fill it in"),
        ({"debtor_name": "Grace Kim", "debtor_id": "gracekim"}, "account_id", "must not hold the person's name"),
        ({"phone": "13800138000"}, "phone", "must be written with its country"),
        ({"phone": "+861380013800"}, "phone", "is not a number that exists"),
        ({"email": "nobody"}, "email", "is not an email address"),
        ({"language": "chinese"}, "language", "must be a language tag"),
        ({"time_zone": "Asia/Beijing"}, "time_zone", "must be a zone of the tz database"),
        ({"jurisdiction": "China"}, "jurisdiction", "must be a country such as CN"),
        ({"product": ""}, "product", "is empty"),
        ({"product": "x" * 201}, "product", "is longer than 200 characters"),
        ({"currency": "yuan"}, "currency", "three capital letters"),
        ({"principal": ""}, "principal", 'write "0.00" for nothing'),
        ({"principal": "-1.00"}, "principal", "must not be negative"),
        ({"principal": "1,234.56"}, "principal", "without thousand separators"),
        ({"principal": "1 234.56"}, "principal", "without thousand separators"),
        ({"principal": "12,50"}, "principal", "with a point before the cents"),
        ({"interest": "¥12.50"}, "interest", "without a currency sign"),
        ({"interest": "12.50 CNY"}, "interest", "without a currency sign"),
        ({"fees": "12.505"}, "fees", "CNY has 2 decimal places"),
        ({"fees": "1.2.3"}, "fees", "must be a decimal"),
        ({"fees": "=1+1"}, "fees", "must be a decimal"),
        ({"principal": "0.00", "interest": "0", "fees": "0"}, "principal", "nothing is owed"),
        ({"due_date": ""}, "due_date", "is empty"),
        ({"due_date": "01/10/2026"}, "due_date", "year-month-day"),
        ({"due_date": "2026-02-30"}, "due_date", "a day of the calendar"),
        ({"due_date": "20261001"}, "due_date", "year-month-day"),
        ({"due_date": "1700000000"}, "due_date", "year-month-day"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_by_line_and_column(
    tmp_path: Path, changes: dict[str, str], column: str, words: str
) -> None:
    [found] = refused(tmp_path, row(1), row(2, **changes))
    assert (found.line, found.column) == (3, column)
    assert words in found.reason


def test_a_row_with_several_things_wrong_is_told_all_of_them(tmp_path: Path) -> None:
    found = refused(tmp_path, row(phone="1", principal="x", due_date="y", time_zone="Mars"))
    assert {each.column for each in found} == {"phone", "principal", "due_date", "time_zone"}


def test_no_reason_repeats_what_a_cell_of_a_person_holds(tmp_path: Path) -> None:
    secrets = {"debtor_name": "x" * 201, "phone": "+861380013", "email": "secret-mail", "account_id": "13800138000"}
    found = refused(tmp_path, row(1, **secrets))
    assert found
    told = " ".join(f"{each.account_id} {each.reason}" for each in found)
    assert not [secret for secret in secrets.values() if secret in told]


def test_good_rows_go_on_beside_refused_ones(tmp_path: Path) -> None:
    read = reading(tmp_path, row(1), row(2, phone="1"), row(3))
    assert [each.registration.account_id for each in read.accounts] == ["acc-1", "acc-3"]
    assert read.rows == 3


def test_the_second_row_of_an_account_is_refused(tmp_path: Path) -> None:
    [found] = refused(tmp_path, row(1), row(2, account_id="acc-1"))
    assert (found.line, found.column) == (3, "account_id")
    assert "stands on line 2 too" in found.reason


def test_a_row_that_makes_another_person_of_a_debtor_is_refused(tmp_path: Path) -> None:
    [found] = refused(tmp_path, row(1), row(2, debtor_id="deb-1", debtor_name="李静"))
    assert (found.line, found.column) == (3, "debtor_name")


def test_a_row_with_a_cell_too_many_is_refused_with_a_hint_to_quotes(tmp_path: Path) -> None:
    file = accounts_file(tmp_path, row(1))
    file.write_text(file.read_text() + ",".join([*row(2).values(), "more"]) + "\n")
    [found] = read_accounts(file).refused
    assert found.line == 3
    assert "has 16 cells where the header has 15; quote a value that holds a comma" in found.reason


def test_lines_are_counted_as_an_editor_does_over_quoted_line_breaks_and_empty_lines(tmp_path: Path) -> None:
    file = accounts_file(tmp_path, row(1, postal_address="one\ntwo\nthree"))
    bad = ",".join(row(2, phone="1").values())
    file.write_text(file.read_text() + f"\n,,,,,,,,,,,,,,\n{bad}\n")
    [found] = read_accounts(file).refused
    assert found.line == 7


def test_an_account_with_several_instalments_takes_them_from_the_second_file(tmp_path: Path) -> None:
    accounts = accounts_file(tmp_path, row(1, principal="300.00", interest="0.00", fees="0.00"), row(2))
    instalments = instalments_file(
        tmp_path,
        instalment("acc-1", 2, "2026-11-01", "200.00"),
        instalment("acc-1", 1, "2026-10-01", "100.00"),
    )
    read = read_accounts(accounts, instalments)
    assert not read.refused
    owed = [[each.principal for each in account.registration.instalments] for account in read.accounts]
    assert owed == [["100.00", "200.00"], ["1000.00"]]


def test_amounts_and_date_of_an_account_may_be_left_to_its_instalments(tmp_path: Path) -> None:
    empty = dict.fromkeys(("principal", "interest", "fees", "due_date"), "")
    accounts = accounts_file(tmp_path, row(1, **empty))
    read = read_accounts(accounts, instalments_file(tmp_path, instalment("acc-1", 1, "2026-10-01", "100.00")))
    assert (len(read.accounts), read.refused) == (1, ())


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"principal": "999.00"}, "principal", "its instalments add up to 1000.00"),
        ({"interest": "1.00"}, "interest", "its instalments add up to 200.00"),
        ({"due_date": "2026-10-02"}, "due_date", "its first instalment is due on 2026-10-01"),
    ],
)
def test_an_account_that_contradicts_its_instalments_is_refused(
    tmp_path: Path, changes: dict[str, str], column: str, words: str
) -> None:
    instalments = instalments_file(
        tmp_path, instalment("acc-1", 1, "2026-10-01", "1000.00", interest="200.00", fees="34.56")
    )
    [found] = read_accounts(accounts_file(tmp_path, row(1, **changes)), instalments).refused
    assert (found.column, words in found.reason) == (column, True)


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (instalment("acc-1", 0, "2026-10-01", "1.00"), "number"),
        (instalment("acc-1", 1, "2026-10-01", "1.00"), "number"),
        (instalment("acc-1", 2, "soon", "1.00"), "due_date"),
        (instalment("acc-1", 2, "2026-10-01", "-1.00"), "principal"),
    ],
)
def test_a_wrong_instalment_refuses_its_account_too(tmp_path: Path, wrong: dict[str, str], column: str) -> None:
    instalments = instalments_file(tmp_path, instalment("acc-1", 1, "2026-10-01", "1.00"), wrong)
    read = read_accounts(accounts_file(tmp_path, row(1), row(2)), instalments)
    assert [each.registration.account_id for each in read.accounts] == ["acc-2"]
    assert ("instalments.csv", 3, column) in {(each.file, each.line, each.column) for each in read.refused}
    assert ("a.csv", 2, "account_id") in {(each.file, each.line, each.column) for each in read.refused}


def test_an_instalment_without_an_account_is_refused(tmp_path: Path) -> None:
    instalments = instalments_file(tmp_path, instalment("acc-9", 1, "2026-10-01", "1.00"))
    [found] = read_accounts(accounts_file(tmp_path, row(1)), instalments).refused
    assert (found.file, found.line, found.account_id) == ("instalments.csv", 2, "acc-9")


def test_the_example_has_two_hundred_rows_of_which_eight_are_refused() -> None:
    read = read_accounts(EXAMPLES / "overdue.csv", EXAMPLES / "instalments.csv")
    assert (read.rows, len(read.accounts)) == (200, 193)  # that a policy does not fit is found later
    assert {each.column for each in read.refused} == {"phone", "principal", "due_date", "account_id", "time_zone"}
