"""What a contract asks for until its instalments are due, against the most that the law lets the loan cost by then."""

from datetime import date
from fractions import Fraction

from domain.late_charges import DAYS_OF_CAP
from domain.money import parse_minor
from domain.registration import Registration


def contract_cost_minor(registration: Registration) -> int:
    """The interest and fees of all instalments, in minor units."""
    currency = registration.currency
    return sum(parse_minor(part, currency) for each in registration.instalments for part in (each.interest, each.fees))


def most_contract_cost_minor(registration: Registration, contract_date: date, annual_percent: Fraction) -> int:
    """What the principal may cost at a rate a year, each part from the contract to its due date, rounded down."""
    lent = (
        parse_minor(each.principal, registration.currency) * (each.due_date - contract_date).days
        for each in registration.instalments
    )
    return int(sum(lent) * annual_percent / 100 / DAYS_OF_CAP)
