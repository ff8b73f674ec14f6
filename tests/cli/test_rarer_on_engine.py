"""The rarer commands on a real engine: what a person wishes, what an agent does in a day, what a lender has to know."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from domain.call_quality import review_draw
from tests.cli.commands import Commands
from tests.cli.files import row

NOW = datetime.now(UTC)
IN_A_MONTH = (NOW + timedelta(days=30)).date().isoformat()
AN_HOUR_AGO = (NOW - timedelta(hours=1)).isoformat()


async def register(office: Commands, account_id: str = "acc-1", **changes: str) -> None:
    """Register and start a plain account."""
    plain = row(1, **changes)
    options = [word for name in plain if name != "account_id" for word in (f"--{name.replace('_', '-')}", plain[name])]
    await office.later("register", account_id, *options, "--policy", "quick", "--start")


async def records_of(office: Commands, kind: str) -> list[dict[str, Any]]:
    """What the trail of the account has of a kind."""
    return [each for each in (await office.later("audit", "show", "acc-1"))["records"] if each["kind"] == kind]


async def test_a_person_says_when_it_suits_them_and_takes_it_back(office: Commands) -> None:
    await register(office)
    who = ("preference", "acc-1", "--by", "agent-1")
    evenings = ("--not-before", "18:00", "--not-after", "20:00")
    said = (
        *who,
        *evenings,
        "--weekday",
        "monday",
        "--weekday",
        "friday",
        "--channel",
        "sms",
        "--preference-id",
        "evenings",
    )
    told = await office.later(*said, "--event-id", "event-1", "--occurred-at", AN_HOUR_AGO)
    assert (told["preference_id"], told["status"]) == ("evenings", "applied")
    [kept] = await records_of(office, "report_contact_preference")
    assert (kept["body"]["not_before"], kept["body"]["not_after"]) == ("18:00", "20:00")
    assert (kept["body"]["weekdays"], kept["body"]["channels"]) == (["monday", "friday"], ["sms"])

    again = await office.later(*said, "--event-id", "event-1", "--occurred-at", AN_HOUR_AGO)
    assert again == told, "the same fact is applied once"
    assert len(await records_of(office, "report_contact_preference")) == 1

    ended = ("end-preference", "acc-1", "evenings", "--reason", "new_job", "--by", "agent-1")
    assert (await office.later(*ended))["preference_id"] == "evenings"
    assert "evenings" in await office.refused_later(*ended)
    wrong = ("preference", "acc-1", "--by", "agent-1", "--not-before", "6 pm")
    assert (await office.refused_later(*wrong)).startswith("malformed: --not-before")
    assert (await office.refused_later("preference", "acc-1", "--by", "agent-1")).startswith("malformed")


async def test_one_number_is_stopped_and_allowed_again(office: Commands) -> None:
    await register(office)
    stopped = ("opt-out", "acc-1", "sms", "--address")
    assert "unknown_address" in await office.refused_later(*stopped, "deb-9.phone.1")
    assert (await office.later(*stopped, "deb-1.phone.1"))["status"] == "applied"
    assert (await office.later("opt-in", "acc-1", "sms", "--address", "deb-1.phone.1"))["status"] == "applied"


async def test_what_was_paid_too_much_is_paid_back_once(office: Commands) -> None:
    await register(office)
    await office.later("pay", "acc-1", "1300.00")
    await office.until(lambda told: told["closed"], "status", "acc-1")
    paid_back = ("refund", "acc-1", "65.44", "--refund-id", "refund-1")
    assert "only 65.44 CNY is owed back" in await office.refused_later("refund", "acc-1", "65.45")
    assert (await office.later(*paid_back))["credit"] == "0.00"
    assert (await office.later(*paid_back))["credit"] == "0.00"
    assert len(await records_of(office, "record_refund")) == 2


async def test_a_waiver_is_offered_for_a_payment_and_refused_above_authority(office: Commands) -> None:
    await register(office)
    offered = ("waive", "acc-1", "10.00", "--reason", "settlement", "--by", "agent-1", "--if-paid", "100.00")
    assert "--paid-by" in await office.refused_later(*offered)
    assert (await office.later(*offered, "--paid-by", IN_A_MONTH))["status"] == "offered"
    await office.later("pay", "acc-1", "100.00")
    assert (await office.later("status", "acc-1"))["outstanding"] == "1124.56"
    asked = await office.later("waive", "acc-1", "120.00", "--reason", "goodwill", "--by", "agent-1")
    refused = ("decide-waiver", "acc-1", "--refuse", "--waiver", asked["waiver_id"], "--by", "head-1")
    assert (await office.later(*refused))["status"] == "refused"


async def test_a_plan_is_bound_by_what_the_person_can_spare(office: Commands) -> None:
    await register(office)
    asked = ("propose-plan", "acc-1", "--first-due", IN_A_MONTH, "--interval", "fortnight", "--instalments", "6")
    assert "plan" in await office.refused_later(*asked, "--by", "agent-1", "--disposable-income", "100.00")
    plan = await office.later(*asked, "--by", "agent-1", "--disposable-income", "9000.00")
    days = [datetime.fromisoformat(each["due_date"]) for each in plan["instalments"]]
    assert {(later - day).days for day, later in pairwise(days)} == {14}
    agreed = await office.later("agree-plan", "acc-1", "--plan", plan["plan_id"], "--by", "deb-1")
    assert agreed["plan_id"] == plan["plan_id"]


async def test_a_plea_that_the_debt_is_too_old_stops_demands(office: Commands) -> None:
    await register(office)
    await office.later("plead-limitation", "acc-1", "--by", "agent-1")
    assert (await office.later("status", "acc-1"))["state"] == "on_hold"


async def test_a_call_is_claimed_returned_made_and_reviewed(office: Commands) -> None:
    """A failing review keeps the agent from the next call."""
    await register(office)
    [call] = await office.until(lambda told: told["calls"], "tasks")
    taken = await office.later("tasks", "claim", call["call_id"], "--agent", "agent-1")
    assert (taken["taken_by"], taken["command"]) == ("agent-1", "begin-call acc-1 --agent agent-1")
    await asyncio.to_thread(office.done, "agents", "add", "agent-2", "--name", "李雷", "--language", "zh-CN")
    assert "agent-2 may not call" in await office.refused_later("tasks", "claim", call["call_id"], "--agent", "agent-2")
    await asyncio.to_thread(office.done, "tasks", "return", call["call_id"], "--agent", "agent-1")
    assert "has not taken" in await office.refused_later("tasks", "return", call["call_id"], "--agent", "agent-1")

    await office.later("begin-call", "acc-1", "--agent", "agent-1", "--call", call["call_id"])
    ended = ("call-outcome", "acc-1", "promised", "--agent", "agent-1", "--call", call["call_id"], "--right-party")
    promised = await office.later(*ended, "--promise", "50.00", "--promise-date", IN_A_MONTH, "--reason", "job_lost")
    assert promised["promise_id"]

    spoke = ("call-outcome", "acc-1", "reached", "--agent", "agent-1", "--inbound", "--number", "deb-1.phone.1")
    drawn = next(name for name in map(str, range(1000)) if review_draw(f"acc-1.call.{name}") < 10)
    await office.later(*spoke, "--event-id", drawn, "--occurred-at", AN_HOUR_AGO)
    chosen = (await office.later("reviews", "list"))["calls"][-1]
    assert (chosen["agent_id"], chosen["account_id"]) == ("agent-1", "acc-1")
    shown = await office.later("reviews", "show", chosen["contact_id"])
    met = [word for each in shown["score_card"]["criteria"] for word in ("--mark", f"{each['id']}=0")]
    judge = ("reviews", "record", chosen["contact_id"], "--by", "reviewer-1", *met)
    assert "has no mark" in await office.refused_later(*judge[:-2])
    assert (await office.later(*judge))["agent_suspended"] is True
    assert "was reviewed by reviewer-1" in await office.refused_later(*judge)
    row_of_agent, _ = (await office.later("agents", "report"))["agents"]
    assert (row_of_agent["reviews_failed"], row_of_agent["promises_taken"]) == (1, 1)


async def test_a_lender_that_reports_learns_of_disputes(office: Commands) -> None:
    await register(office)
    announced = ("announce-credit-report", "acc-1", "--reason", "in_arrears", "--by", "head-1")
    assert "name no notice before a credit report" in await office.refused_later(*announced)
    filed = ("complain", "acc-1", "--category", "dispute", "--text", "Not mine.", "--complaint-id", "dispute-1")
    await office.later(*filed)
    events = (await office.later("credit-reports"))["events"]
    assert [each["kind"] for each in events][-1:] == ["disputed"]
    last = events[-1]["number"]
    assert (await office.later("credit-reports", "--after", str(last), "--limit", "5"))["events"] == []
    shown = ("verify-debt", "acc-1", "--complaint", "dispute-1", "--evidence", "contract-1", "--by", "head-1")
    assert "name no verification of a disputed debt" in await office.refused_later(*shown)


async def test_a_case_whose_person_stopped_everything_waits_for_a_named_person(office: Commands) -> None:
    await register(office)
    await office.later("circumstance", "acc-1", "cease_contact", "--by", "agent-1")
    choose = ("decide-stopped", "acc-1", "wait", "--reason", "season", "--by", "head-1")
    waited = await office.later(*choose, "--until", IN_A_MONTH)
    assert waited["choice"] == "wait"
    ended = await office.later("decide-stopped", "acc-1", "close", "--reason", "uneconomic", "--by", "head-1")
    assert ended["choice"] == "close"
    await office.until(lambda told: told["closed"], "status", "acc-1")
