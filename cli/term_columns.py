"""The columns of a file of accounts that say what paying late costs by the contract."""

from collections.abc import Mapping
from typing import Any

_FIELDS = {
    "late_annual_percent": "annual_percent",
    "contract_date": "contract_date",
    "day_count": "day_count",
    "late_fee": "fee",
    "late_fee_after_days": "fee_after_days",
    "lender_type": "lender_type",
}
TERM_COLUMNS = tuple(_FIELDS)
"""Without the first, an account accrues nothing."""

_COLUMNS = {field: column for column, field in _FIELDS.items()}


def terms_of(row: Mapping[str, str]) -> dict[str, Any] | None:
    """The terms that a row gives, as yet unchecked, or none if it asks for nothing."""
    if not row.get("late_annual_percent") and not row.get("late_fee"):
        return None
    return {field: row[column] for column, field in _FIELDS.items() if row.get(column)}


def column_of_term(field: str) -> str:
    """The column that fills a field of the terms."""
    return _COLUMNS.get(field, "late_annual_percent")
