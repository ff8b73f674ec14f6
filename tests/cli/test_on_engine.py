"""The commands on a real engine, with a worker and a policy whose stages last a second."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.account_files import read_accounts
from cli.connection import duecourse
from cli.importing import Imported, import_accounts
from config.settings import load_settings
from tests.cli.commands import Commands
from tests.cli.files import accounts_file, row

IN_A_MONTH = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


async def test_an_account_is_registered_called_noticed_referred_and_settled(office: Commands) -> None:
    registered = await _register(office, "acc-1")
    assert registered == {"account_id": "acc-1", "registered": "new", "collection": "started"}

    [call] = await office.until(lambda told: told["calls"], "tasks")
    taken = await office.later("tasks", "next", "--agent", "agent-1")
    assert (taken["call_id"], taken["taken_by"]) == (call["call_id"], "agent-1")
    assert "agent_not_certified" in await office.refused_later("begin-call", "acc-1", "--agent", "stranger")
    permit = await office.later("begin-call", "acc-1", "--agent", "agent-1")
    assert (permit["call_id"], permit["number"]) == (call["call_id"], "+8613800138000")
    assert "王小明" in permit["script"]
    told = await office.later("call-outcome", "acc-1", "reached", "--agent", "agent-1", "--reason", "job_lost")
    assert (told["call_id"], told["status"]) == (call["call_id"], "applied")

    notice = await office.until(_final_notice, "outbox", "--account", "acc-1")
    assert notice["simulated"] is True
    assert notice["became"].startswith("NOT SENT, kept in the outbox")
    await office.later("delivery", "acc-1", notice["contact_id"], "delivered")

    await office.until(_asked("approve-legal"), "tasks")
    assert "add --yes" in (await asyncio.to_thread(office.run, *_APPROVE)).stderr
    shown = await asyncio.to_thread(office.done, *_APPROVE, "--yes")
    assert "final_notice_delivered" in shown
    assert "Referral approved" in shown
    await office.until(lambda told: told["state"] == "legal", "status", "acc-1")
    await office.until(_asked("legal-outcome"), "tasks")

    await office.later("legal-outcome", "acc-1", "settled", "--amount", "500.00")
    closed = await office.until(lambda told: told["closed"], "status", "acc-1")
    assert closed["reason"] == "legal_outcome"
    await office.until(lambda told: [each["closed"] for each in told["accounts"]] == ["legal_outcome"], "list")
    assert (await office.later("audit", "verify"))["broken"] == []
    assert (await office.later("explain", notice["contact_id"]))["channel"] == notice["channel"]


async def test_payments_are_booked_once_by_their_id_and_can_be_reversed(office: Commands) -> None:
    await _register(office, "acc-1")
    paid = await office.later("pay", "acc-1", "100.00", "--payment-id", "pay-1")
    assert (paid["payment_id"], paid["outstanding"]) == ("pay-1", "1134.56")
    assert (await office.later("status", "acc-1"))["goal"]["recovered_percent"] == 8.1
    assert "8.1% recovered in time" in await asyncio.to_thread(office.done, "status", "acc-1")
    again = await office.later("pay", "acc-1", "100.00", "--payment-id", "pay-1")
    assert again["outstanding"] == "1134.56"
    assert "payment_reused" in await office.refused_later("pay", "acc-1", "1.00", "--payment-id", "pay-1")
    back = await office.later("reverse", "acc-1", "pay-1", "--reason", "bounced")
    assert back["outstanding"] == "1234.56"
    over = await office.later("pay", "acc-1", "1300.00")
    assert (over["outstanding"], over["credit"]) == ("0.00", "65.44")
    closed = await office.until(lambda told: told["closed"], "status", "acc-1")
    assert closed["reason"] == "settled"


async def test_what_is_refused_is_said_in_a_line_that_names_the_option_and_the_mend(office: Commands) -> None:
    await _register(office, "acc-1")
    lines = {
        ("pay", "acc-1", "1.00", "--currency", "USD"): "wrong_currency: the account is kept in CNY, not USD",
        ("pay", "acc-1", "-5"): 'malformed: AMOUNT: must be above zero, such as "120.00"',
        ("pay", "acc-1", "5", "--received-at", "yesterday"): "malformed: --received-at: must be a day",
        ("pay", "acc-1", "5", "--received-at", "2026-11-24T08:00:00"): "malformed: --received-at: must have an offset",
        (
            "hardship",
            "acc-1",
            "--reason",
            "Lost my job",
        ): "malformed: --reason: must be a reason in code",
        ("hardship", "acc-1", "--reason", "ill", "--until", "2020-01-01"): "date_in_past: 2020-01-01 is in the past",
        ("resume", "acc-1", "--reason", "over", "--by", "me"): "there is no hold by hand on this account",
        ("agree-plan", "acc-1", "--by", "deb-1"): "there is no proposed plan on this account",
        (
            "approve-legal",
            "acc-1",
            "--reason",
            "r",
            "--by",
            "me",
            "--yes",
        ): "no referral of account acc-1 is under review",
        ("status", "acc-9"): "unknown_account: account acc-9 is not registered; register it first",
        ("pay", "acc-9", "1.00"): "account acc-9 is not registered; register it first",
    }
    for words, told in lines.items():
        assert (await office.refused_later(*words)).startswith(told)
    rejected = (await office.later("audit", "show", "acc-1"))["records"]
    assert {each["error_code"] for each in rejected if each["kind"] == "input_rejected"} >= {
        "wrong_currency",
        "malformed",
        "date_in_past",
    }


async def test_a_plan_is_proposed_and_agreed(office: Commands) -> None:
    await _register(office, "acc-1")
    asked = ("propose-plan", "acc-1", "--first-due", IN_A_MONTH, "--by", "agent-1")
    assert "plan_too_many" in await office.refused_later(*asked, "--instalments", "13")
    plan = await office.later(*asked, "--instalments", "3", "--request-id", "request-1")
    assert len(plan["instalments"]) == 3
    assert await office.later(*asked, "--instalments", "3", "--request-id", "request-1") == plan
    agreed = await office.later("agree-plan", "acc-1", "--by", "deb-1")
    assert agreed["plan_id"] == plan["plan_id"]
    assert (await office.later("status", "acc-1"))["state"] == "in_plan"


async def test_the_plan_that_a_person_wishes_is_answered_with_the_nearest_one(office: Commands) -> None:
    await _register(office, "acc-1")
    answered = await office.later("counter-plan", "acc-1", "--instalment", f"{IN_A_MONTH}=1.00", "--by", "agent-1")
    assert answered["status"] == "counter_offer"
    assert [each["due_date"] for each in answered["instalments"]] == [IN_A_MONTH]


async def test_a_promise_that_came_by_a_message_is_recorded(office: Commands) -> None:
    await _register(office, "acc-1")
    promised = ("promise", "acc-1", "10.00", "--date", IN_A_MONTH, "--channel", "web", "--promise-id", "promise-1")
    assert (await office.later(*promised))["promise_id"] == "promise-1"
    assert (await office.later("status", "acc-1"))["promise"]["promise_id"] == "promise-1"


async def test_a_plan_made_elsewhere_is_agreed_by_its_instalments(office: Commands) -> None:
    await _register(office, "acc-1")
    assert "plan_sum" in await office.refused_later(
        "agree-plan", "acc-1", "--by", "deb-1", "--instalment", f"{IN_A_MONTH}=1.00"
    )
    await office.later("agree-plan", "acc-1", "--by", "deb-1", "--instalment", f"{IN_A_MONTH}=1234.56")
    assert (await office.later("status", "acc-1"))["state"] == "in_plan"


async def test_a_complaint_is_listed_at_once_and_decided_by_somebody_else(office: Commands) -> None:
    await _register(office, "acc-1")
    filed = ("complain", "acc-1", "--category", "conduct", "--agent", "agent-7", "--text", "-")
    complaint = await office.later(*filed, stdin="He shouted at me.")
    [decision] = (await office.later("tasks"))["decisions"]
    assert (decision["command"], decision["subject"]) == ("resolve", f"hold:{complaint['complaint_id']}")
    decided = ("resolve", "acc-1", "--outcome", "upheld", "--explanation", "You are right.")
    assert "conflict_of_interest" in await office.refused_later(*decided, "--by", "agent-7")
    assert (await office.later(*decided, "--by", "ombudsman-1"))["outcome"] == "upheld"
    assert (await office.later("tasks"))["decisions"] == []


async def test_holds_of_every_kind_are_placed_listed_and_ended(office: Commands) -> None:
    await _register(office, "acc-1")
    held = await office.later("hold", "acc-1", "--reason", "checking", "--by", "me")
    await office.until(lambda told: _ids(told) == ["acc-1"], "list", "--state", "on_hold")
    await office.until(_asked("resume"), "tasks")
    assert (await office.later("resume", "acc-1", "--reason", "checked", "--by", "me"))["hold_id"] == held["hold_id"]

    await office.later("circumstance", "acc-1", "represented", "--by", "me")
    await office.later("hardship", "acc-1", "--reason", "illness")
    several = await office.refused_later("end-circumstance", "acc-1", "--reason", "over", "--by", "me")
    assert "more than one open circumstance, hardship or grace" in several
    assert "--hold" in several
    for hold in (await office.later("status", "acc-1"))["holds"]:
        await office.later("end-circumstance", "acc-1", "--hold", hold["hold_id"], "--reason", "over", "--by", "me")
    await office.later("grace", "acc-1", "--until", IN_A_MONTH, "--reason", "payday", "--by", "me")
    assert [each["kind"] for each in (await office.later("status", "acc-1"))["holds"]] == ["grace"]


async def test_tracks_waivers_channels_and_the_end_are_decided(office: Commands) -> None:
    await _register(office, "acc-1")
    assert (await office.later("track", "acc-1", "supportive", "--reason", "kind", "--by", "me"))[
        "track"
    ] == "supportive"
    waived = await office.later("waive", "acc-1", "10.00", "--reason", "goodwill", "--by", "agent-1")
    assert waived["status"] == "waived"
    asked = await office.later("waive", "acc-1", "200.00", "--reason", "goodwill", "--by", "agent-1")
    assert asked["status"] == "awaiting_approval"
    head = ("agents", "add", "head-1", "--name", "陈经理", "--language", "zh-CN", "--authority", "4")
    await asyncio.to_thread(office.done, *head)
    decided = await office.later("decide-waiver", "acc-1", "--approve", "--by", "head-1")
    assert (decided["waiver_id"], decided["status"]) == (asked["waiver_id"], "waived")
    assert (await office.later("opt-out", "acc-1", "sms"))["status"] == "applied"
    assert (await office.later("opt-in", "acc-1", "sms"))["status"] == "applied"
    await office.later("close", "acc-1", "--reason", "uneconomic", "--by", "head-1")
    closed = await office.until(lambda told: told["closed"], "status", "acc-1")
    assert (closed["reason"], closed["detail"]) == ("written_off", "uneconomic")
    assert (await office.later("start", "acc-1"))["collection"] == "closed"


async def test_importing_a_file_twice_starts_and_sends_nothing_again(office: Commands) -> None:
    file = accounts_file(office.folder, *(row(number) for number in range(1, 6)), row(6, phone="1"))
    first = await _import(office, file)
    assert (first["new"], first["started"], first["refused_rows"]) == (5, 5, 1)
    await office.later("pay", "acc-1", "1234.56")
    await office.until(lambda told: told["closed"], "status", "acc-1")
    second = await _import(office, file)
    assert (second["new"], second["known"], second["started"]) == (0, 5, 0)
    assert (second["running"], second["closed"]) == (4, 1)


async def test_an_import_that_was_interrupted_goes_on_where_it_stopped(office: Commands) -> None:
    file = accounts_file(office.folder, *(row(number) for number in range(1, 8)))
    rows = read_accounts(file, policy="quick").accounts
    async with duecourse(load_settings(env_file=None)) as way_in:
        with pytest.raises(InterruptedError):
            await import_accounts(way_in, file.name, rows, 1, _interrupted_after(3))
    report = await _import(office, file)
    assert (report["known"], report["running"], report["new"], report["started"]) == (3, 3, 4, 4)


async def test_what_contradicts_the_records_is_refused_by_its_column(office: Commands) -> None:
    await _import(office, accounts_file(office.folder, row(1), row(2)))
    changed = accounts_file(office.folder, row(1, principal="5.00"), row(3, debtor_id="deb-2", debtor_name="李静"))
    report = await _import(office, changed)
    assert [(each["line"], each["column"]) for each in report["refused"]] == [(2, "account_id"), (3, "debtor_name")]


async def test_lists_go_page_by_page_by_records_and_by_state(office: Commands) -> None:
    await _import(office, accounts_file(office.folder, *(row(number) for number in range(1, 8))))
    pages = [await _pages(office, "list", "--limit", "3")]
    await office.until(lambda told: len(told["accounts"]) == 7, "list", "--stage", "first_reminder", "--limit", "9")
    pages.append(await _pages(office, "list", "--debtor", "deb-2"))
    assert pages == [[3, 3, 1], [1]]
    for number in range(1, 6):
        await office.later("hold", f"acc-{number}", "--reason", "checking", "--by", "me")
    await office.until(lambda told: len(told["accounts"]) == 5, "list", "--state", "on_hold")
    assert await _pages(office, "list", "--state", "on_hold", "--limit", "2") == [2, 2, 1]


async def test_messages_are_listed_newest_first_page_by_page_with_their_words(office: Commands) -> None:
    await _register(office, "acc-1")
    await office.until(lambda told: len(told["messages"]) == 2, "outbox")
    first = await office.later("outbox", "--limit", "1")
    second = await office.later("outbox", "--limit", "1", "--after", first["after"], "--words")
    assert second["messages"][0]["at"] < first["messages"][0]["at"]
    assert "分期购" in second["messages"][0]["words"]
    assert "words" not in first["messages"][0]


async def test_the_doctor_finds_everything_ready(office: Commands) -> None:
    found = await office.later("doctor")
    assert (found["ready"], found["policies"]) == (True, "quick")
    assert (await asyncio.to_thread(office.done, "prepare")).startswith("The namespace knows them all")


_APPROVE = ("approve-legal", "acc-1", "--reason", "checklist_read", "--by", "head-1")


async def _register(office: Commands, account_id: str) -> Any:
    plain = row(1)
    options = [word for name in plain if name != "account_id" for word in (f"--{name.replace('_', '-')}", plain[name])]
    return await office.later("register", account_id, *options, "--policy", "quick", "--start")


async def _import(office: Commands, file: Any) -> Any:
    result = await asyncio.to_thread(office.run, "import", file, "--policy", "quick", "--json")
    assert result.exit_code in (0, 1), result.stderr
    return json.loads(result.stdout)


async def _pages(office: Commands, *words: str) -> list[int]:
    sizes, token = [], []  # type: list[int], list[str]
    while True:
        page = await office.later(*words, *token)
        sizes.append(len(page["accounts"]))
        if page["after"] is None:
            return sizes
        token = ["--after", page["after"]]


def _ids(told: Any) -> list[str]:
    return [each["account_id"] for each in told["accounts"]]


def _asked(command: str) -> Any:
    return lambda told: [each for each in told["decisions"] if each["command"] == command]


def _final_notice(told: Any) -> Any:
    written = [each for each in told["messages"] if (each["stage"], each["status"]) == ("pre_legal", "sent")]
    return written[0] if written else None


def _interrupted_after(count: int) -> Callable[[Imported], None]:
    def tick(imported: Imported) -> None:
        if imported.done == count:
            raise InterruptedError

    return tick


async def test_a_complaint_is_remedied_and_what_people_must_do_is_ticked_off(office: Commands) -> None:
    await _register(office, "acc-1")
    filed = await office.later("complain", "acc-1", "--category", "fees", "--agent", "agent-7", "--text", "Too much.")
    assert {"complaint_id", "decide_by", "acknowledge_by"} <= set(filed)
    longer = ("extend-complaint", "acc-1", "--until", IN_A_MONTH, "--reason", "complex", "--by", "owner")
    assert "no_extension" in await office.refused_later(*longer)
    decided = ("resolve", "acc-1", "--outcome", "upheld", "--by", "ombudsman-1", "--explanation", "You are right.")
    assert "only 34.56 CNY of fees" in await office.refused_later(*decided, "--remedy", "correct_balance=fees:40.00")
    remedies = ("correct_balance=fees:34.56", "restart_gentler=first_reminder", "retrain_agent", "apologise")
    done = await office.later(*decided, *(word for each in remedies for word in ("--remedy", each)))
    assert (done["balance"], len(done["remedies"])) == ("1200.00", 4)
    await office.until(_asked("complete"), "tasks")
    await office.later("complete", "acc-1", "retrain:agent-7", "--by", "trainer-1")
    assert not _asked("complete")(await office.later("tasks"))
