"""What the records say against a contact: holds, stops, consent, addresses, arrears and the purpose of a message."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contact_facts import Consent, Direction, OptOut, Person, Proposal, Standing
from domain.contact_rules import judge, next_lawful_moment, refusing
from domain.holds import Hold
from domain.jurisdiction import Pack
from domain.terms import Channel, HoldKind, MessageClass
from tests.rules.people import (
    CN,
    IN_LONDON,
    IN_SHANGHAI,
    IN_TEXAS,
    LONG_AGO,
    OWING,
    PACKS,
    UK,
    US,
    allows,
    attempt,
    demand,
    is_lawful,
    notice,
    reply,
    service,
    utc,
    verdict_of,
)

NOON = utc("2026-11-24T12:00+08:00")
NOON_IN_TEXAS = utc("2026-11-24T12:00-06:00")
NOON_IN_LONDON = utc("2026-11-24T12:00+00:00")
PEOPLE = {"CN": (IN_SHANGHAI, NOON), "US": (IN_TEXAS, NOON_IN_TEXAS), "UK": (IN_LONDON, NOON_IN_LONDON)}


def on_hold(*holds: Hold) -> Standing:
    return replace(OWING, holds=holds)


def hold(kind: HoldKind, until: datetime | None = None) -> Hold:
    return Hold(kind, f"{kind}-1", LONG_AGO, until)


@pytest.mark.parametrize("kind", list(HoldKind))
@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
@pytest.mark.parametrize("channel", list(Channel))
def test_no_demand_goes_while_any_hold_is_open(pack: Pack, kind: HoldKind, channel: Channel) -> None:
    person, now = PEOPLE[pack.jurisdiction]
    assert is_lawful(pack, person, demand(channel), now)
    verdicts = refusing(judge(pack, person, demand(channel), (), on_hold(hold(kind)), now))
    assert [each.words for each in verdicts] == [f"on hold: {kind.value}"]
    assert verdicts[0].until is None


@pytest.mark.parametrize(
    ("kind", "occasion"),
    [
        (HoldKind.PLAN, "plan_reminder"),
        (HoldKind.PROMISE, "promise_reminder"),
        (HoldKind.HARDSHIP, "check_in"),
        (HoldKind.HARDSHIP, "offer"),
        (HoldKind.GRACE, "check_in"),
    ],
)
@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_a_hold_lets_the_messages_through_that_it_owes_and_a_second_hold_stops_them(
    pack: Pack, kind: HoldKind, occasion: str
) -> None:
    person, now = PEOPLE[pack.jurisdiction]
    assert is_lawful(pack, person, service(occasion), now, standing=on_hold(hold(kind)))
    both = on_hold(hold(kind), hold(HoldKind.COMPLAINT))
    assert not is_lawful(pack, person, service(occasion), now, standing=both)
    others = {"plan_reminder", "promise_reminder", "check_in"} - {occasion}
    if kind in (HoldKind.PLAN, HoldKind.PROMISE):
        assert not any(is_lawful(pack, person, service(other), now, standing=on_hold(hold(kind))) for other in others)


@given(st.sets(st.sampled_from(list(HoldKind))), st.sets(st.sampled_from(list(HoldKind))))
def test_overlapping_holds_stop_what_any_of_them_stops(some: set[HoldKind], more: set[HoldKind]) -> None:
    for proposal in (demand(), service("offer"), service("plan_reminder"), notice("bad_information_notice")):
        alone = [
            is_lawful(CN, IN_SHANGHAI, proposal, NOON, standing=on_hold(*map(hold, kinds))) for kinds in (some, more)
        ]
        together = is_lawful(CN, IN_SHANGHAI, proposal, NOON, standing=on_hold(*map(hold, some | more)))
        assert together is all(alone)


def test_a_hold_that_ended_or_has_not_begun_stops_nothing() -> None:
    ended = hold(HoldKind.COMPLAINT, until=NOON)
    later = Hold(HoldKind.COMPLAINT, "complaint-2", NOON + timedelta(seconds=1))
    assert is_lawful(CN, IN_SHANGHAI, demand(), NOON, standing=on_hold(ended, later))
    assert not is_lawful(CN, IN_SHANGHAI, demand(), NOON - timedelta(seconds=1), standing=on_hold(ended))


def test_a_refusal_by_a_hold_names_its_end_when_it_has_one() -> None:
    ends = NOON + timedelta(days=3)
    standing = on_hold(hold(HoldKind.HARDSHIP, NOON + timedelta(days=1)), hold(HoldKind.GRACE, ends))
    assert verdict_of("PR-10", CN, IN_SHANGHAI, demand(), NOON, standing=standing).until == ends


def test_a_refusal_by_a_hold_without_an_end_names_none_although_another_ends() -> None:
    standing = on_hold(hold(HoldKind.HARDSHIP, NOON + timedelta(days=1)), hold(HoldKind.GRACE))
    assert verdict_of("PR-10", CN, IN_SHANGHAI, demand(), NOON, standing=standing).until is None


@pytest.mark.parametrize("occasion", ["receipt", "complaint_outcome", "closure", "credit_owed"])
def test_replies_may_follow_a_hold_the_end_of_the_arrears_and_closure(occasion: str) -> None:
    standing = replace(on_hold(hold(HoldKind.COMPLAINT)), arrears_minor=0, closed=True)
    assert is_lawful(CN, IN_SHANGHAI, reply(occasion), NOON, standing=standing)


@pytest.mark.parametrize("standing", [replace(OWING, arrears_minor=0), replace(OWING, closed=True)])
@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_nothing_is_demanded_or_offered_once_nothing_is_overdue_or_the_case_is_closed(
    pack: Pack, standing: Standing
) -> None:
    person, now = PEOPLE[pack.jurisdiction]
    assert not is_lawful(pack, person, demand(), now, standing=standing)
    assert not is_lawful(pack, person, service("offer"), now, standing=standing)


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_an_opt_out_of_a_channel_stops_it_for_every_class_and_account(pack: Pack) -> None:
    person, now = PEOPLE[pack.jurisdiction]
    standing = replace(OWING, opt_outs=(OptOut(Channel.SMS, None, LONG_AGO),))
    for proposal in (demand(), demand(account="account-2"), service("offer"), reply("receipt")):
        verdicts = refusing(judge(pack, person, proposal, (), standing, now))
        assert "the person stopped sms" in [each.words for each in verdicts]
    assert is_lawful(pack, person, demand(Channel.EMAIL), now, standing=standing)


def test_an_opt_out_of_one_address_leaves_the_others() -> None:
    standing = replace(OWING, opt_outs=(OptOut(Channel.SMS, "address-1", LONG_AGO),))
    assert not is_lawful(CN, IN_SHANGHAI, demand(), NOON, standing=standing)
    assert is_lawful(CN, IN_SHANGHAI, demand(address="address-2"), NOON, standing=standing)


def test_a_notice_whose_channel_is_stopped_goes_by_letter() -> None:
    standing = replace(OWING, opt_outs=(OptOut(Channel.EMAIL, None, LONG_AGO),))
    by_email = verdict_of("PR-07", CN, IN_SHANGHAI, notice("bad_information_notice", Channel.EMAIL), NOON, (), standing)
    assert by_email.words == "the person stopped email; this notice goes by letter"
    assert is_lawful(CN, IN_SHANGHAI, notice("bad_information_notice"), NOON, standing=standing)


def test_a_stop_is_confirmed_once_by_its_channel_within_five_minutes_at_any_hour() -> None:
    night = utc("2026-11-24T23:30+08:00")
    standing = replace(OWING, opt_outs=(OptOut(Channel.SMS, None, night),))
    confirmation = reply("opt_out_confirmation")
    assert is_lawful(CN, IN_SHANGHAI, confirmation, night + timedelta(minutes=5), standing=standing)
    assert not is_lawful(CN, IN_SHANGHAI, confirmation, night + timedelta(minutes=5, seconds=1), standing=standing)
    by_email = reply("opt_out_confirmation", Channel.EMAIL)
    assert not is_lawful(CN, IN_SHANGHAI, by_email, night, standing=standing)
    sent = attempt(night, message_class=MessageClass.REPLY, occasion="opt_out_confirmation")
    assert not is_lawful(CN, IN_SHANGHAI, confirmation, night + timedelta(minutes=1), (sent,), standing)
    again = replace(confirmation, contact_id=sent.contact_id)
    assert is_lawful(CN, IN_SHANGHAI, again, night + timedelta(minutes=1), (sent,), standing)
    assert not is_lawful(CN, IN_SHANGHAI, confirmation, night)
    stopped_anew = replace(OWING, opt_outs=(OptOut(Channel.SMS, None, night + timedelta(minutes=2)),))
    assert is_lawful(CN, IN_SHANGHAI, confirmation, night + timedelta(minutes=3), (sent,), stopped_anew)


def test_an_answer_may_go_at_night_only_soon_after_the_persons_own_message_by_that_channel() -> None:
    night = utc("2026-11-24T23:30+08:00")
    written = attempt(night, direction=Direction.INBOUND)
    answer = reply("answer")
    assert is_lawful(CN, IN_SHANGHAI, answer, night + timedelta(minutes=60), (written,))
    assert not is_lawful(CN, IN_SHANGHAI, answer, night + timedelta(minutes=60, seconds=1), (written,))
    assert not is_lawful(CN, IN_SHANGHAI, answer, night)
    assert not is_lawful(CN, IN_SHANGHAI, answer, night, (attempt(night),))
    assert not is_lawful(CN, IN_SHANGHAI, reply("answer", Channel.EMAIL), night, (written,))
    assert not is_lawful(CN, IN_SHANGHAI, reply("receipt"), night, (written,))
    assert not is_lawful(CN, IN_SHANGHAI, answer, night - timedelta(seconds=1), (written,))


def test_in_america_texts_need_a_consent_that_was_confirmed_within_sixty_days() -> None:
    def standing(*consents: Consent) -> Standing:
        return replace(OWING, consents=consents)

    assert not is_lawful(US, IN_TEXAS, demand(), NOON_IN_TEXAS, standing=standing())
    fresh = Consent(Channel.SMS, "address-1", NOON_IN_TEXAS - timedelta(days=60))
    stale = replace(fresh, confirmed_at=fresh.confirmed_at - timedelta(seconds=1))
    assert is_lawful(US, IN_TEXAS, demand(), NOON_IN_TEXAS, standing=standing(fresh))
    assert not is_lawful(US, IN_TEXAS, demand(), NOON_IN_TEXAS, standing=standing(stale))
    assert not is_lawful(US, IN_TEXAS, demand(address="address-2"), NOON_IN_TEXAS, standing=standing(fresh))
    assert is_lawful(US, IN_TEXAS, demand(), NOON_IN_TEXAS, standing=standing(stale, fresh))
    voice = replace(stale, channel=Channel.VOICE)
    assert is_lawful(US, IN_TEXAS, demand(Channel.VOICE), NOON_IN_TEXAS, standing=standing(voice))
    assert is_lawful(US, IN_TEXAS, demand(Channel.EMAIL), NOON_IN_TEXAS, standing=standing())
    assert is_lawful(US, IN_TEXAS, demand(Channel.CALL), NOON_IN_TEXAS, standing=standing())


def test_from_its_date_on_a_stop_to_texts_stops_announcements_too() -> None:
    standing = replace(OWING, opt_outs=(OptOut(Channel.SMS, "address-1", LONG_AGO),))
    proposal = demand(Channel.VOICE, address="address-2")
    assert is_lawful(US, IN_TEXAS, proposal, utc("2027-01-30T12:00-06:00"), standing=standing)
    assert not is_lawful(US, IN_TEXAS, proposal, utc("2027-01-31T12:00-06:00"), standing=standing)
    assert is_lawful(US, IN_TEXAS, demand(Channel.CALL), utc("2027-02-01T12:00-06:00"), standing=standing)


@pytest.mark.parametrize("occasion", ["collection_ends", "remedy_may_be_used", "remedy_will_be_used"])
def test_in_america_three_notices_may_follow_a_request_to_cease(occasion: str) -> None:
    standing = on_hold(hold(HoldKind.CEASE_CONTACT))
    assert is_lawful(US, IN_TEXAS, notice(occasion), NOON_IN_TEXAS, standing=standing)
    assert not is_lawful(US, IN_TEXAS, notice("validation_notice"), NOON_IN_TEXAS, standing=standing)


def test_in_breathing_space_only_the_notices_of_the_credit_laws_go() -> None:
    standing = on_hold(hold(HoldKind.BREATHING_SPACE))
    assert is_lawful(UK, IN_LONDON, notice("arrears_notice"), NOON_IN_LONDON, standing=standing)
    assert not is_lawful(UK, IN_LONDON, notice("default_notice"), NOON_IN_LONDON, standing=standing)
    assert not is_lawful(UK, IN_LONDON, service("offer"), NOON_IN_LONDON, standing=standing)


def test_an_address_that_is_somebody_elses_is_not_used_by_any_class() -> None:
    standing = replace(OWING, unusable_addresses=frozenset({"address-1"}))
    for proposal in (demand(), reply("receipt"), service("offer"), notice("bad_information_notice")):
        assert not is_lawful(CN, IN_SHANGHAI, proposal, NOON, standing=standing)
        assert is_lawful(CN, IN_SHANGHAI, replace(proposal, address_ref="address-2"), NOON, standing=standing)


@pytest.mark.parametrize(
    "proposal",
    [
        reply("first_reminder"),
        reply(""),
        service("first_reminder"),
        notice("validation_notice"),
        notice(""),
        reply("plan_reminder"),
    ],
)
def test_a_message_that_its_class_is_not_for_does_not_enjoy_the_freedoms_of_the_class(proposal: Proposal) -> None:
    assert not allows("PR-04", CN, IN_SHANGHAI, proposal, NOON)


def test_a_person_of_another_jurisdiction_is_not_contacted_under_this_pack() -> None:
    (verdict,) = judge(CN, IN_TEXAS, demand(), (), OWING, NOON)
    assert (verdict.rule, verdict.allowed, verdict.until) == ("CN", False, None)
    assert "the person is in US" in verdict.words


@pytest.mark.parametrize(("now", "in_force"), [("2023-12-31T23:59+08:00", False), ("2024-01-02T09:00+08:00", True)])
def test_a_pack_rules_only_from_its_first_day_on(now: str, in_force: bool) -> None:
    verdicts = judge(CN, IN_SHANGHAI, demand(), (), OWING, utc(now))
    assert (len(verdicts) > 1) is in_force


def test_a_pack_that_has_ended_on_one_of_the_persons_clocks_allows_nothing_and_finds_nothing() -> None:
    ending = US.model_copy(update={"effective_to": date(2026, 11, 24)})
    person = Person(("America/New_York", "Pacific/Honolulu"), "US", "NY")
    after_midnight = utc("2026-11-25T00:30-05:00")
    (verdict,) = judge(ending, person, demand(Channel.EMAIL), (), OWING, after_midnight)
    assert verdict.words == "the rules of US, version 2026-11-24, are not in force then"
    evening = utc("2026-11-24T20:59-05:00")
    assert is_lawful(ending, person, demand(Channel.EMAIL), evening)
    tomorrow = next_lawful_moment(ending, person, demand(Channel.EMAIL), (), utc("2026-11-24T23:00-05:00"), "account-1")
    assert tomorrow.at is None
    assert tomorrow.words.endswith("are not in force then")
