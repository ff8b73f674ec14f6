"""Every rule of every shipped pack is held to a second reading of the law, which fails when any figure is changed."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from domain.jurisdiction import Pack
from domain.jurisdiction_rules import (
    Cap,
    ConsentNeeded,
    Cooldown,
    Counted,
    Hours,
    KnownPurpose,
    OptOuts,
    Per,
    QuietDays,
    Rule,
    Stop,
    Window,
)
from domain.terms import Channel, HoldKind, MessageClass, Weekday
from tests.rules.people import PACKS
from tests.rules.readings import READINGS, Reading

EVERY_RULE = [(code, rule.id) for code, pack in PACKS.items() for rule in pack.rules]


@pytest.mark.parametrize("code", PACKS)
def test_every_rule_has_been_read_twice(code: str) -> None:
    assert [rule.id for rule in PACKS[code].rules if rule.id not in READINGS[code]] == []
    assert sorted(READINGS[code]) == sorted(rule.id for rule in PACKS[code].rules)


@pytest.mark.parametrize(("code", "rule"), EVERY_RULE)
def test_a_rule_is_what_the_second_reading_says(code: str, rule: str) -> None:
    READINGS[code][rule](PACKS[code])


@pytest.mark.parametrize(("code", "rule"), EVERY_RULE)
def test_a_rule_with_any_other_figure_is_told_from_the_second_reading(code: str, rule: str) -> None:
    pack, read = PACKS[code], READINGS[code][rule]
    as_it_is = next(each for each in pack.rules if each.id == rule)
    read(only(pack, as_it_is))
    unnoticed = [repr(each) for each in variants(as_it_is, pack) if passes(read, only(pack, each))]
    assert unnoticed == []


def passes(read: Reading, pack: Pack) -> bool:
    try:
        read(pack)
    except AssertionError:
        return False
    return True


def only(pack: Pack, rule: Rule) -> Pack:
    """The pack with this one rule, even one that a file could not hold."""
    fields = {name: getattr(pack, name) for name in type(pack).model_fields}
    return Pack.model_construct(**{**fields, "rules": (rule,)})


def variants(rule: Rule, pack: Pack) -> Iterator[Rule]:
    """The rule with each of its figures and scopes changed, one at a time."""
    yield from _scopes(rule, pack)
    match rule:
        case Hours():
            for field in ("opens", "closes"):
                yield from (changed(rule, **{field: clock}) for clock in _near(getattr(rule, field)))
        case QuietDays():
            yield from _quiet_variants(rule)
        case Cap():
            yield from (changed(rule, at_most=rule.at_most + step) for step in (-1, 1) if rule.at_most + step)
            yield from (changed(rule, per=per) for per in Per if per is not rule.per)
            yield from (changed(rule, counts=counts) for counts in Counted if counts is not rule.counts)
            yield from (changed(rule, window=window) for window in _windows(rule.window))
        case Cooldown():
            yield from (changed(rule, per=per) for per in Per if per is not rule.per)
            yield from (changed(rule, window=window) for window in _windows(rule.window))
        case Stop():
            yield from (changed(rule, holds=holds) for holds in _one_more_or_less(rule.holds, HoldKind))
            messages = ("plan_reminder", "promise_reminder", "check_in", "offer", *sorted(pack.notice_ids))
            yield from (changed(rule, allows=allows) for allows in _one_more_or_less(rule.allows, messages))
        case OptOuts():
            yield from (changed(rule, together=each) for each in _one_more_or_less(rule.together, Channel, least=2))
        case ConsentNeeded():
            within = rule.confirmed_within or timedelta(days=60)
            yield from (changed(rule, confirmed_within=within + step * timedelta(days=1)) for step in (-1, 1))
            if rule.confirmed_within is not None:
                yield changed(rule, confirmed_within=None)
        case _:
            pass


def changed(rule: Rule, **fields: object) -> Rule:
    return rule.model_copy(update=fields)


def _scopes(rule: Rule, pack: Pack) -> Iterator[Rule]:
    yield from (changed(rule, channels=each) for each in _one_more_or_less(rule.channels, Channel, least=1))
    for classes in _one_more_or_less(rule.classes, MessageClass, least=1):
        if not (
            isinstance(rule, KnownPurpose) and MessageClass.DEMAND not in classes
        ):  # any demand has a known purpose
            yield changed(rule, classes=classes)
    if pack.regions and rule.regions:
        yield changed(rule, regions=())
        yield changed(rule, regions=("TX",))
    if rule.effective_from is not None:
        for step in (-1, 1):
            yield changed(rule, effective_from=rule.effective_from + timedelta(days=step))
        yield changed(rule, effective_from=None)


def _quiet_variants(rule: QuietDays) -> Iterator[Rule]:
    if rule.festival is not None:
        for field in ("days_before", "days_after"):
            for step in (-1, 1):
                days = getattr(rule.festival, field) + step
                yield changed(rule, festival=rule.festival.model_copy(update={field: days}))
    yield changed(rule, public_holidays=not rule.public_holidays)
    if rule.weekdays:
        yield changed(rule, weekdays=())
    yield changed(rule, weekdays=(*rule.weekdays, Weekday.SATURDAY if rule.weekdays else Weekday.SUNDAY))


def _near(clock: str) -> Iterator[str]:
    hour, minute = map(int, clock.split(":"))
    for step in (-1, 1):
        moved = hour * 60 + minute + step
        yield f"{moved // 60:02}:{moved % 60:02}"


def _windows(window: Window) -> Iterator[Window]:
    if window.rolling is not None:
        yield from (Window(rolling=window.rolling + step * timedelta(hours=1)) for step in (-1, 1))
        yield Window(calendar_days=window.rolling.days)
    else:
        days = window.calendar_days or 0
        yield from (Window(calendar_days=days + step) for step in (-1, 1) if days + step)
        yield Window(rolling=timedelta(days=days))


def _one_more_or_less(values: tuple[str, ...], every: Iterable[str], least: int = 0) -> Iterator[tuple[str, ...]]:
    for value in every:
        if value not in values:
            yield (*values, value)
        elif len(values) > least:
            yield tuple(each for each in values if each != value)
