"""Late charges in the records: from registration to the amounts that messages tell and payments settle."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from activities.account_statement import account_statement
from activities.desk import Library, RefusedError
from client.offline import Offline
from domain.late_terms import LateTerms
from domain.money import format_minor
from domain.next_step import StepKind, next_step
from domain.policy import LateCharges, Policy
from domain.registration import Registration
from domain.terms import ClosedReason
from storage.accounts import find_account
from storage.registration import Registered
from tests.records.lone_case import House, Open, american, british
from tests.registrations import owed, registration

DAY = timedelta(days=1)


def terms(**changes: Any) -> LateTerms:
    """Eighteen percent a year, on a loan made on New Year's Day of 2026."""
    return LateTerms.model_validate({"annual_percent": "18", "contract_date": "2026-01-01", **changes})


def lent(**changes: Any) -> Registration:
    """Somebody in Texas who owes 3,650.00 since the 1st of March, on which 1.80 a day accrue."""
    instalments = (owed("2027-02-28", "3650.00", "0.00", "0.00"),)
    return american(**{"instalments": instalments, "terms": terms(), **changes})


def outstanding(house: House) -> str:
    """What the records say is overdue now."""
    return str(statement_of(house)["arrears"]["total"])


def statement_of(house: House, days_ago: int = 0) -> dict[str, Any]:
    """The statement as the account stood some days ago."""
    with house.reading() as session:
        account = find_account(session, "acc-1")
        return account_statement(session, house.library, account, house.now - days_ago * DAY)


def pass_days(house: House, days: int) -> None:
    house.pass_time(days * DAY)


def test_what_is_owed_grows_by_itself_and_is_told_as_of_the_day_of_each_message(open_house: Open) -> None:
    house = open_house(lent())
    assert outstanding(house) == "3651.80"
    house.contact()
    assert "$3,653.60" in house.sent()[-1].words
    pass_days(house, 9)
    assert outstanding(house) == "3669.80"
    assert statement_of(house, days_ago=9)["arrears"]["total"] == "3653.60"


def test_who_pays_what_a_message_told_a_few_days_ago_owes_nothing_more(open_house: Open) -> None:
    house = open_house(lent())
    house.contact()
    pass_days(house, 5)
    booking = house.pay("3653.60")
    assert booking.answer is not None
    assert (booking.answer["outstanding"], booking.answer["forgiven"]) == ("0.00", "9.00")
    assert house.case.debt.balance_minor == 0


def test_what_is_forgiven_for_a_payment_in_parts_is_the_same(open_house: Open) -> None:
    house = open_house(lent())
    house.contact()
    pass_days(house, 3)
    house.pay("1000.00")
    pass_days(house, 2)
    assert house.pay("2653.60").answer == {**_settled(), "forgiven": "8.01"}


def test_an_amount_told_too_long_ago_holds_no_more(open_house: Open) -> None:
    house = open_house(lent())
    house.contact()
    pass_days(house, 8)
    booking = house.pay("3653.60")
    assert booking.answer is not None
    assert (booking.answer["outstanding"], "forgiven" in booking.answer) == ("14.40", False)


def test_what_was_forgiven_is_owed_again_when_the_payment_does_not_hold(open_house: Open) -> None:
    house = open_house(lent())
    house.contact()
    pass_days(house, 5)
    house.pay("3653.60")
    payment_id = statement_of(house)["lines"][-1]["reference"]
    house.tell("reverse_payment", payment_id=payment_id, reason_code="bounced")
    assert outstanding(house) == "3662.60"


def test_a_payment_told_late_lowers_what_accrued_since_it_came(open_house: Open) -> None:
    house = open_house(lent())
    pass_days(house, 10)
    came = (house.now - 10 * DAY).isoformat()
    house.tell("record_payment", payment_id="p1", amount="1826.80", currency="USD", received_at=came)
    assert outstanding(house) == format_minor(182_500 + 900, "USD")


@pytest.mark.parametrize(
    ("told", "a_day_after"),
    [
        (("report_circumstance", {"kind": "breathing_space"}), "0.00"),
        (("report_circumstance", {"kind": "active_duty"}), "0.60"),
        (("report_circumstance", {"kind": "insolvent"}), "1.80"),
        (("report_hardship", {"reason_code": "job_lost"}), "0.00"),
    ],
)
def test_interest_stops_or_is_lowered_where_law_or_policy_say_so(
    open_house: Open, told: tuple[str, dict[str, str]], a_day_after: str
) -> None:
    house = open_house(lent())
    name, body = told
    ids = {"hardship_id": "h1"} if name == "report_hardship" else {"circumstance_id": "c1", "reported_by": "agent-1"}
    house.tell(name, **ids, **body)
    before = _minor(house)
    pass_days(house, 1)
    assert format_minor(_minor(house) - before, "USD") == a_day_after


def test_interest_is_frozen_while_a_plan_is_in_good_standing(open_house: Open) -> None:
    house = open_house(lent())
    half = {"amount": "1825.90"}
    instalments = [{"due_date": "2027-03-20", **half}, {"due_date": "2027-04-20", **half}]
    house.tell("agree_plan", plan_id="plan-1", agreed_by="deb-1", instalments=instalments)
    pass_days(house, 15)
    assert outstanding(house) == "3651.80"


HALVES = [{"due_date": "2027-03-20", "amount": "1825.90"}, {"due_date": "2027-04-20", "amount": "1825.90"}]


def in_plan(open_house: Open, monkeypatch: pytest.MonkeyPatch, rate: str) -> House:
    """A plan in two halves over what was owed on the first day, under a policy that lets that accrue meanwhile."""
    house = open_house(lent())

    def policy(self: object, session: Session, account: object) -> Policy:
        known: Policy = house.library.policy_named("consumer-us")
        return known.model_copy(update={"late_charges": LateCharges.model_validate({"in_plan": rate})})

    monkeypatch.setattr(type(house.library), "policy", policy)
    house.tell("agree_plan", plan_id="plan-1", agreed_by="deb-1", instalments=HALVES)
    return house


@pytest.mark.parametrize(
    ("rate", "meanwhile"), [("frozen", "3651.80"), ("as agreed", "3678.80"), ("at most 6%", "3660.80")]
)
def test_who_keeps_a_plan_to_the_cent_owes_nothing_of_what_has_accrued_in_it(
    open_house: Open, monkeypatch: pytest.MonkeyPatch, rate: str, meanwhile: str
) -> None:
    house = in_plan(open_house, monkeypatch, rate)
    pass_days(house, 15)
    assert outstanding(house) == meanwhile
    house.pay("1825.90")
    pass_days(house, 30)
    house.pay("1825.90")
    told = statement_of(house)
    assert (told["arrears"]["total"], told["credit"], told["paid"]) == ("0.00", "0.00", "3651.80")
    assert (told["late_charges"]["total"], told["waived"]["total"]) == ("1.80", "0.00")
    assert house.case.debt.balance_minor == 0
    step = next_step(house.case, house.now)
    assert (step.kind, step.closing) == (StepKind.CLOSE, ClosedReason.SETTLED)


def test_who_breaks_a_plan_owes_what_has_accrued_in_it_whatever_is_paid_later(
    open_house: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = in_plan(open_house, monkeypatch, "as agreed")
    pass_days(house, 15)
    house.pay("1825.90")
    pass_days(house, 50)
    pass_days(house, 20)
    assert house.case.plan is None
    house.pay("1825.90")
    assert outstanding(house) == "90.96"


def test_what_has_accrued_in_a_plan_is_owed_again_when_its_last_payment_does_not_hold(
    open_house: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = in_plan(open_house, monkeypatch, "as agreed")
    pass_days(house, 15)
    house.pay("3651.80")
    assert outstanding(house) == "0.00"
    payment_id = statement_of(house)["lines"][-1]["reference"]
    house.tell("reverse_payment", payment_id=payment_id, reason_code="bounced")
    assert outstanding(house) == "3678.80"


def test_a_plan_proposed_some_days_before_it_is_agreed_covers_what_was_owed_then(open_house: Open) -> None:
    house = open_house(lent())
    house.ask("propose_plan", request_id="r1", instalment_count=2, first_due_date="2027-03-20", proposed_by="agent-1")
    pass_days(house, 4)
    assert outstanding(house) == "3659.00"
    agreed = house.tell("agree_plan", plan_id="plan-r1", agreed_by="deb-1")
    assert agreed.refusal is None
    assert (outstanding(house), house.case.debt.balance_minor) == ("3651.80", 365_180)
    pass_days(house, 10)
    house.pay("3651.80")
    assert outstanding(house) == "0.00"


def test_a_plan_for_what_was_never_owed_is_refused_all_the_same(open_house: Open) -> None:
    house = open_house(lent())
    pass_days(house, 4)
    instalments = [{"due_date": "2027-03-20", "amount": "3652.00"}]
    refused = house.tell("agree_plan", plan_id="plan-1", agreed_by="deb-1", instalments=instalments)
    assert refused.refusal is not None


def test_a_contract_that_costs_more_than_the_law_allows_is_refused_with_what_it_may_cost(open_house: Open) -> None:
    house = open_house(lent())
    offline, bank = Offline(house.database, house.library), terms(lender_type="bank")

    def taken(interest: str) -> Registered:
        instalments = (owed("2027-01-01", "1000.00", interest, "40.00"),)
        return offline.register(registration("acc-2", "deb-2", instalments=instalments, terms=bank), house.now)

    with pytest.raises(RefusedError, match=r"ask for 240\.01 CNY .* lets them cost 240\.00"):
        taken("200.01")
    assert taken("200.00") is Registered.NEW


def test_the_cap_of_the_jurisdiction_binds_what_the_contract_asks(open_house: Open, library: Library) -> None:
    chinese = american(
        language="zh-CN",
        debtor_name="王小明",
        time_zone="Asia/Shanghai",
        jurisdiction="CN",
        currency="CNY",
        policy="fenfu-cn",
        instalments=(owed("2027-02-28", "3650.00", "0.00", "0.00"),),
        terms=terms(annual_percent="36", lender_type="small_loan"),
    )
    house = open_house(chinese)
    before = _minor(house)
    pass_days(house, 1)
    assert _minor(house) - before == 240
    assert statement_of(house)["terms"]["cap"]["annual_percent"] == "24"


def test_no_interest_runs_while_a_notice_of_the_law_is_late(open_house: Open) -> None:
    house = open_house(british(terms=terms()))
    before = _minor(house)
    pass_days(house, 60)
    house.contact()
    reasons = {each["reason"] for each in statement_of(house)["terms"]["limits"]}
    assert "notice_missed" in reasons
    assert _minor(house) - before < 60 * 90


def test_the_statement_adds_up_line_by_line(open_house: Open) -> None:
    house = open_house(lent(terms=terms(fee="15.00", fee_after_days=5)))
    pass_days(house, 10)
    house.pay("1000.00")
    pass_days(house, 5)
    told = statement_of(house)
    assert [(each["kind"], each["balance"]) for each in told["lines"]] == [
        ("late_interest", "3669.80"),
        ("late_fee", "3684.80"),
        ("payment", "2684.80"),
        ("late_interest", "2691.42"),
    ]
    assert told["closing"]["total"] == "2691.42"
    assert told["opening"]["total"] == "3650.00"


def test_a_notice_itemises_what_lateness_has_cost(open_house: Open) -> None:
    house = open_house(lent())
    house.contact()
    house.contact()
    assert any("+ $3.60" in each.words for each in house.sent())


def _minor(house: House) -> int:
    return round(float(outstanding(house)) * 100)


def _settled() -> dict[str, str]:
    return {"status": "applied", "outstanding": "0.00", "balance": "0.00", "credit": "0.00"}
