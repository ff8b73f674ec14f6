"""Lives made up by chance, lived by the real workflow with its real activities, and judged by what was told to them.

The judge knows the law and the facts that were told; it asks neither the case nor the rules of the product. A hundred
lives in every run; the thorough profile lives several hundred, with more time and another seed each.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from config.policy_files import load_policies
from domain.money import parse_minor
from domain.registration import end_of_day
from domain.terms import Stage
from storage.tables import Contact
from tests.engine import time_skipping_engine
from tests.workflows.generated_lives import MadeUpLife, MadeUpLives, Told
from tests.workflows.house import DUE_DATE, POLICIES, House, open_house

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
SEEDS = range(1, 5) if THOROUGH else (1,)
PEOPLE = 60
DAYS = 240 if THOROUGH else 100
LEFT = frozenset({"sent", "delivered", "unknown", "failed"})
RIM = timedelta(minutes=1)
"""What happens within the same minute may have happened in either order."""


class Lived:
    """What came of all those lives, as the records have it."""

    def __init__(self, house: House, lives: list[MadeUpLife]) -> None:
        self.house, self.lives = house, lives
        self.contacts = {life.account_id: house.contacts(life.account_id) for life in lives}

    def of_person(self, life: MadeUpLife) -> list[MadeUpLife]:
        """All lives of one person."""
        return [each for each in self.lives if each.account.debtor_id == life.account.debtor_id]

    def demands(self) -> Iterator[tuple[MadeUpLife, Contact]]:
        """Every demand that left."""
        for life in self.lives:
            for contact in self.contacts[life.account_id]:
                if contact.direction == "outbound" and contact.message_class == "demand" and contact.status in LEFT:
                    yield life, contact


@pytest_asyncio.fixture(scope="module", params=SEEDS)
async def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    """Every seed's lives, once lived to their last day."""
    folder = tmp_path_factory.mktemp("generated")
    async with time_skipping_engine() as engine, open_house(engine, folder, due_date=DUE_DATE) as house:
        made_up = MadeUpLives(house, request.param)
        await made_up.begin(PEOPLE)
        await made_up.live(timedelta(days=DAYS), happenings_a_day=0.06)
        yield Lived(house, made_up.lives)


def zone_of(life: MadeUpLife) -> ZoneInfo:
    return ZoneInfo(life.account.time_zone)


def minor(life: MadeUpLife, amount: str) -> int:
    return parse_minor(amount, life.account.currency)


def paid(life: MadeUpLife, moment: datetime) -> int:
    """What had come in by then and was not taken back by then."""
    back = {each.body["payment_id"] for each in life.told_of("reverse_payment") if each.at <= moment}
    came = {each.body["payment_id"]: each for each in life.told_of("record_payment") if each.at <= moment}
    return sum(minor(life, each.body["amount"]) for payment_id, each in came.items() if payment_id not in back)


def arrears(life: MadeUpLife, moment: datetime) -> int:
    """What was overdue: instalments are from the end of their date."""
    due = 0
    for each in life.account.instalments:
        if end_of_day(each.due_date, life.account.time_zone) <= moment:
            due += sum(minor(life, part) for part in (each.principal, each.interest, each.fees))
    return max(0, due - paid(life, moment))


def day_of(text: str, life: MadeUpLife) -> datetime:
    """The instant at which a date is over for the person."""
    return end_of_day(datetime.fromisoformat(text).date(), life.account.time_zone)


def person_stops(life: MadeUpLife) -> Iterator[tuple[str, datetime, datetime | None]]:
    """What was told of a person, and so stops all of their cases."""
    decided = {each.body["complaint_id"]: each.at for each in life.told_of("resolve_complaint")}
    for each in life.told_of("file_complaint"):
        if each.body["category"] != "dispute":
            yield "complaint", each.at, decided.get(each.body["complaint_id"])
    for each in life.told_of("report_hardship", "report_circumstance"):
        yield each.name, each.at, day_of(each.body["until"], life)


def account_stops(life: MadeUpLife) -> Iterator[tuple[str, datetime, datetime | None]]:
    """What was told of one account, and stops its case alone."""
    decided = {each.body["complaint_id"]: each.at for each in life.told_of("resolve_complaint")}
    for each in life.told_of("file_complaint"):
        if each.body["category"] == "dispute":
            yield "dispute", each.at, decided.get(each.body["complaint_id"])
    resumed = {each.body["hold_id"]: each.at for each in life.told_of("resume_case")}
    for each in life.told_of("hold_case"):
        yield "manual hold", each.at, resumed.get(each.body["hold_id"])
    for each in life.told_of("record_call_outcome"):
        yield "promise", each.at, promise_over(life, each)
    for each in life.told_of("agree_plan"):
        yield "plan", each.at, plan_over(life, each)


def promise_over(life: MadeUpLife, told: Told) -> datetime:
    """When a promise's date had passed, or it was kept."""
    promise, before = told.body["promise"], paid(life, told.at)
    kept = (
        each.at
        for each in life.told_of("record_payment")
        if each.at >= told.at and paid(life, each.at) - before >= minor(life, promise["amount"])
    )
    return min([day_of(promise["date"], life), *kept])


def plan_over(life: MadeUpLife, told: Told) -> datetime | None:
    """When a plan was paid in full, or an instalment was still missing after its date."""
    before, due = paid(life, told.at), 0
    dates = []
    for each in told.body["instalments"]:
        due += minor(life, each["amount"])
        dates.append((day_of(each["due_date"], life), due))
    moments = sorted({each.at for each in life.told if each.at >= told.at} | {moment for moment, _ in dates})
    for moment in moments:
        since = paid(life, moment) - before
        if since >= due or any(at <= moment and since < expected for at, expected in dates):
            return moment
    return None


def covers(stop: tuple[str, datetime, datetime | None], moment: datetime) -> bool:
    _, since, until = stop
    return since + RIM < moment and (until is None or moment < until - RIM)


def test_the_lives_are_worth_judging(lived: Lived) -> None:
    kinds = Counter(each.name for life in lived.lives for each in life.told)
    assert len(lived.lives) >= 100
    assert len(list(lived.demands())) > 3 * len(lived.lives)
    assert len(kinds) >= 12
    assert min(kinds.values()) >= 3, kinds


def test_nobody_was_contacted_outside_the_hours_of_their_country(lived: Lived) -> None:
    for life, contact in lived.demands():
        for zone in (zone_of(life), ZoneInfo("Asia/Shanghai") if life.account.jurisdiction == "CN" else zone_of(life)):
            local = contact.attempted_at.astimezone(zone)
            last = time(22) if life.account.jurisdiction == "CN" else time(21)
            assert time(8) <= local.time() < last, (life.account_id, local)
            assert not (life.account.jurisdiction.startswith("UK") and local.weekday() == 6), (life.account_id, local)
            assert contact.valid_until is None or contact.valid_until.astimezone(zone).time() <= last


def test_nobody_got_more_than_one_message_a_day_and_three_a_week_over_all_accounts(lived: Lived) -> None:
    for debtor_id in {life.account.debtor_id for life in lived.lives}:
        lives = [life for life in lived.lives if life.account.debtor_id == debtor_id]
        moments = sorted(
            contact.attempted_at
            for life in lives
            for contact in lived.contacts[life.account_id]
            if contact.channel in ("sms", "email")
            and contact.message_class in ("demand", "service")
            and contact.status in LEFT
            and contact.told_with is None
        )
        days = Counter(each.astimezone(zone_of(lives[0])).date() for each in moments)
        assert max(days.values(), default=0) <= 1, debtor_id
        assert all(later - first >= timedelta(days=7) for first, later in zip(moments, moments[3:], strict=False))


def test_nobody_was_asked_for_money_while_anything_stopped_their_case(lived: Lived) -> None:
    for life, contact in lived.demands():
        stops = [*account_stops(life), *(each for other in lived.of_person(life) for each in person_stops(other))]
        standing = [stop for stop in stops if covers(stop, contact.attempted_at)]
        assert not standing, (contact.contact_id, contact.attempted_at, standing)


def test_nobody_was_asked_for_money_that_was_not_overdue(lived: Lived) -> None:
    for life, contact in lived.demands():
        assert arrears(life, contact.attempted_at - RIM) > 0, (contact.contact_id, contact.attempted_at)


def test_nobody_heard_again_by_a_channel_that_they_had_stopped(lived: Lived) -> None:
    for life, contact in lived.demands():
        for other in lived.of_person(life):
            for told in other.told_of("opt_out"):
                stopped = told.body["channel"] == contact.channel and told.at + RIM < contact.attempted_at
                assert not stopped, (contact.contact_id, told)


def test_no_stage_was_shorter_than_its_least_time(lived: Lived) -> None:
    policies = load_policies(POLICIES)
    for life in lived.lives:
        minimum = {
            stage: each.minimum
            for stage, each in policies[lived.house.account(life.account_id).policy].stages.in_order()
        }
        entered = [
            record for record in lived.house.audit(life.account_id) if record.kind in ("stage_entered", "reopened")
        ]
        for before, after in pairwise(entered):
            if (before.kind, after.kind) == ("stage_entered", "stage_entered"):
                stage = Stage(before.subject)
                assert after.at - before.at >= minimum[stage], (life.account_id, before.at, after.at)


def test_every_message_left_once_and_no_other_did(lived: Lived) -> None:
    kept = Counter(name.rpartition(".")[0] for name in lived.house.outbox())
    left = {
        contact.contact_id
        for contacts in lived.contacts.values()
        for contact in contacts
        if contact.status in LEFT
        and contact.direction == "outbound"
        and contact.channel != "call"
        and contact.told_with is None
    }
    assert set(kept) == left
    assert set(kept.values()) == {1}


def test_every_trail_holds(lived: Lived) -> None:
    assert lived.house.broken_chains() == []


async def test_every_case_has_a_next_step_with_a_time_and_a_reason_or_is_closed(lived: Lived) -> None:
    for life in lived.lives:
        status = await lived.house.status(life.account_id)
        assert status["closed"] or (status["next_step"]["due_at"] and status["next_step"]["reason"]), status
        assert minor(life, status["outstanding"]) == arrears(life, lived.house.now)
