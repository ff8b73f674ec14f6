"""The statement of an account as of a moment, as a document for people and machines: amounts are decimal strings."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from activities.accruals import accrual_of
from activities.desk import Library
from domain.account_lines import Line, account_lines
from domain.jurisdiction import Pack
from domain.late_charges import Accrual, Terms
from domain.ledger import Sums
from domain.money import format_minor
from storage.ledgers import read_entries
from storage.tables import Account, Debtor


def account_statement(session: Session, library: Library, account: Account, as_of: datetime) -> dict[str, Any]:
    """What was owed, what changed it and what is owed, by what was booked up to that moment.

    Raises:
        RefusedError: if the account's policy or jurisdiction is not known here.
    """
    policy, pack = library.policy(session, account), library.pack(account.jurisdiction)
    statement = library.statement(session, account, as_of)
    time_zone = session.get_one(Debtor, account.debtor_id).time_zone
    told = account_lines(statement, read_entries(session, account.account_id, booked_by=as_of), time_zone)
    accrual, currency = accrual_of(session, account, policy, pack, as_of, booked_by=as_of), account.currency
    return {
        "account_id": account.account_id,
        "as_of": as_of.isoformat(),
        "time_zone": time_zone,
        "currency": currency,
        "opening": _sums(told.opening, currency),
        "lines": [_line(each, currency) for each in told.lines],
        "closing": _sums(statement.balance, currency),
        "arrears": _sums(statement.arrears(as_of), currency),
        "late_charges": _sums(statement.charged, currency),
        "paid": format_minor(statement.paid_minor, currency),
        "waived": _sums(statement.waived, currency),
        "credit": format_minor(statement.credit_minor, currency),
        "terms": _terms(accrual, pack, currency) if accrual is not None else None,
    }


def _sums(sums: Sums, currency: str) -> dict[str, str]:
    parts = {
        "principal": sums.principal_minor,
        "interest": sums.interest_minor,
        "fees": sums.fees_minor,
        "total": sums.total_minor,
    }
    return {name: format_minor(minor, currency) for name, minor in parts.items()}


def _line(line: Line, currency: str) -> dict[str, Any]:
    return {
        "date": line.day.isoformat(),
        "since": line.since.isoformat() if line.since is not None else None,
        "kind": line.kind.value,
        "reference": line.entry_id,
        "principal": format_minor(line.amounts.principal_minor, currency),
        "interest": format_minor(line.amounts.interest_minor, currency),
        "fees": format_minor(line.amounts.fees_minor, currency),
        "unallocated": format_minor(line.unallocated_minor, currency),
        "balance": format_minor(line.balance_minor, currency),
    }


def _terms(accrual: Accrual, pack: Pack, currency: str) -> dict[str, Any]:
    terms = accrual.terms
    return {
        "annual_percent": _percent(terms.annual_percent),
        "day_count": terms.day_count.value,
        "fee": format_minor(terms.fee_minor, currency),
        "fee_after_days": terms.fee_after_days,
        "contract_date": terms.contract_date.isoformat(),
        "lender_type": terms.lender_type,
        "cap": _cap(terms, pack),
        "limits": [
            {
                "since": each.first_day.isoformat(),
                "until": each.last_day.isoformat() if each.last_day is not None else None,
                "annual_percent": _percent(each.annual_percent),
                "reason": each.reason,
            }
            for each in accrual.limits
        ],
    }


def _cap(terms: Terms, pack: Pack) -> dict[str, Any] | None:
    cap = pack.cost_cap(terms.lender_type, terms.contract_date)
    if cap is None:
        return None
    return {"annual_percent": cap.annual_percent, "source": cap.source, "verified": cap.verified}


def _percent(percent: Fraction) -> str:
    """As a decimal, as it was written."""
    return f"{Decimal(percent.numerator) / percent.denominator:f}"
