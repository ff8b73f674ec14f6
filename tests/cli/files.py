"""Files of accounts as tests write them: good ones, with whatever a test wants changed."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.account_files import ACCOUNT_COLUMNS, INSTALMENT_COLUMNS, Reading, RefusedRow, read_accounts

GOOD = {
    "account_id": "acc-1",
    "debtor_id": "deb-1",
    "debtor_name": "王小明",
    "phone": "+8613800138000",
    "email": "deb-1@example.com",
    "postal_address": "北京市朝阳区示例路1号",
    "language": "zh-CN",
    "time_zone": "Asia/Shanghai",
    "jurisdiction": "CN",
    "product": "分期购",
    "currency": "CNY",
    "principal": "1000.00",
    "interest": "200.00",
    "fees": "34.56",
    "due_date": "2026-10-01",
}

Row = Mapping[str, str]


def row(number: int = 1, **changes: str) -> dict[str, str]:
    """A good row of an account and a person of its own, but for the changes."""
    return GOOD | {"account_id": f"acc-{number}", "debtor_id": f"deb-{number}"} | changes


def accounts_file(
    folder: Path, *rows: Row, columns: Sequence[str] = ACCOUNT_COLUMNS, encoding: str = "utf-8", name: str = "a.csv"
) -> Path:
    """Write a file of accounts."""
    return _write(folder / name, columns, rows, encoding)


def instalments_file(folder: Path, *rows: Row) -> Path:
    """Write a file of instalments."""
    return _write(folder / "instalments.csv", INSTALMENT_COLUMNS, rows, "utf-8")


def instalment(account_id: str, number: int, due_date: str, principal: str, **changes: str) -> dict[str, str]:
    """One instalment without interest and fees, but for the changes."""
    plain = {"account_id": account_id, "number": str(number), "due_date": due_date, "principal": principal}
    return plain | {"interest": "0.00", "fees": "0.00"} | changes


def refused(folder: Path, *rows: Row) -> list[RefusedRow]:
    """What is refused of a file with these rows."""
    return list(read_accounts(accounts_file(folder, *rows)).refused)


def reading(folder: Path, *rows: Row) -> Reading:
    """What a file with these rows holds."""
    return read_accounts(accounts_file(folder, *rows))


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row], encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path
