"""The faults: each breaks one invariant by a small change, and names the tests that must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One small change that makes the product wrong."""

    name: str
    """What goes wrong, in words."""
    invariant: int
    """Which of the invariants it breaks, by the number that docs/invariants.md gives it."""
    file: str
    before: str
    """Stands exactly once in the file."""
    after: str
    tests: str
    """Where it must be noticed: files or folders, parted by spaces."""


_DOMAIN = "tests/domain"
_RULES = "tests/rules"
_RECORDS = "tests/records"

FAULTS = (
    Fault(
        "hours end one minute late",
        1,
        "domain/jurisdiction_rules.py",
        "        return _minutes(self.closes)",
        "        return min(1440, _minutes(self.closes) + 1)",
        _RULES,
    ),
    Fault(
        "hours are asked in the first zone only",
        1,
        "domain/contact_windows.py",
        "    for name in zones[1:]:",
        "    for name in zones[1:1]:",
        _RULES,
    ),
    Fault(
        "a cap lets one more through",
        2,
        "domain/contact_counts.py",
        "        return cls(rule, rule.at_most, rule.channels) if isinstance(rule, Cap)",
        "        return cls(rule, rule.at_most + 1, rule.channels) if isinstance(rule, Cap)",
        f"{_RULES} {_RECORDS}/test_caps.py",
    ),
    Fault(
        "contacts whose fate is unknown do not count",
        2,
        "storage/attempts.py",
        "_NEVER_LEFT = (ContactStatus.RELEASED, ContactStatus.REJECTED)",
        "_NEVER_LEFT = (ContactStatus.RELEASED, ContactStatus.REJECTED, ContactStatus.UNKNOWN, ContactStatus.SENDING)",
        f"{_RECORDS}/test_caps.py",
    ),
    Fault(
        "the guard overlooks holds",
        3,
        "activities/guard.py",
        "        stopped = any(not each.allowed and each.rule in desk.pack.stopping_rules for each in verdicts)",
        "        verdicts = tuple(each for each in verdicts if each.rule not in desk.pack.stopping_rules)\n"
        "        stopped = False",
        _RECORDS,
    ),
    Fault(
        "the next step overlooks holds",
        3,
        "domain/next_step.py",
        "        _holding(case, now)\n        or _at_legal",
        "        _at_legal",
        _DOMAIN,
    ),
    Fault(
        "time on hold ages a stage",
        4,
        "domain/case.py",
        "        return now - self.stage_entered_at - time_on_hold(self.holds, self.stage_entered_at, now)",
        "        return now - self.stage_entered_at",
        _DOMAIN,
    ),
    Fault(
        "overlapping holds are counted twice",
        4,
        "domain/holds.py",
        "        begins = max(hold.since, reached)",
        "        begins = max(hold.since, start)",
        _DOMAIN,
    ),
    Fault(
        "a stage may end before its least time",
        4,
        "domain/progress.py",
        "    return case.attempts >= case.stage_plan.attempts and case.stage_age(now) >= case.stage_minimum",
        "    return case.attempts >= case.stage_plan.attempts",
        _DOMAIN,
    ),
    Fault(
        "a paid case is contacted all the same",
        5,
        "domain/next_step.py",
        "    if disputed or case.debt.arrears_minor(now):\n        return None",
        "    if disputed or case.debt.balance_minor or case.debt.arrears_minor(now):\n        return None",
        _DOMAIN,
    ),
    Fault(
        "the guard does not look at the arrears",
        5,
        "domain/contact_standing.py",
        '    return Objection("nothing is overdue") if records.standing.arrears_minor <= 0 else None',
        "    return None",
        f"{_RULES} {_RECORDS}",
    ),
    Fault(
        "an opt-out of the whole channel is overlooked",
        6,
        "domain/contact_standing.py",
        "    return opt_out.channel is proposal.channel and opt_out.address_ref in (None, proposal.address_ref)",
        "    return opt_out.channel is proposal.channel and opt_out.address_ref == proposal.address_ref",
        _RULES,
    ),
    Fault(
        "an older opt-in undoes an opt-out",
        6,
        "storage/people.py",
        "    elif occurred_at > known.occurred_at or (occurred_at == known.occurred_at and not allowed):",
        "    elif allowed or occurred_at > known.occurred_at:",
        _RECORDS,
    ),
    Fault(
        "a message may leave out the amount",
        7,
        "activities/language_messages.py",
        '        if faults:\n            raise MessageRefused("; ".join',
        '        if False:\n            raise MessageRefused("; ".join',
        "tests/messages",
    ),
    Fault(
        "a referral needs no approval of its checklist",
        9,
        "domain/admission.py",
        "    if referral.checklist_digest != message.checklist_digest:",
        "    if False:",
        _DOMAIN,
    ),
    Fault(
        "an incomplete checklist can be approved",
        9,
        "domain/admission.py",
        "    if message.approve and referral.missing:",
        "    if False:",
        _DOMAIN,
    ),
    Fault(
        "a part of a payment gets lost",
        10,
        "domain/statements.py",
        "            remaining -= used",
        "            remaining -= used + (1 if used > 1 and component is Component.FEES else 0)",
        _DOMAIN,
    ),
    Fault(
        "a reversed payment still counts",
        10,
        "domain/statements.py",
        "    return frozenset(each for each in taken_back if each is not None)",
        "    return frozenset()",
        _DOMAIN,
    ),
    Fault(
        "late charges go beyond the cap",
        10,
        "domain/late_charges.py",
        "            interest = min(interest, meter.allowed_late)",
        "            interest = max(interest, meter.charged.interest_minor)",
        f"{_DOMAIN}/test_late_charges.py",
    ),
    Fault(
        "an older reading of the ledger overwrites a newer one",
        11,
        "domain/events.py",
        "    return case if event.debt.bookings < case.debt.bookings else replace(case, debt=event.debt)",
        "    return replace(case, debt=event.debt)",
        _DOMAIN,
    ),
    Fault(
        "the same hold is placed twice",
        11,
        "domain/events.py",
        "    if known is not None:\n        lasting",
        "    if known is not None and known.ended_at is None:\n        lasting",
        _DOMAIN,
    ),
    Fault(
        "a second attempt does not wait for the first",
        12,
        "activities/contacts.py",
        "    if contact.code is None and desk.now < over_at:",
        "    if False:",
        f"{_RECORDS}/test_caps.py",
    ),
    Fault(
        "a plan that does not add up is taken",
        14,
        "domain/plan_schedules.py",
        "    if total not in bounds.covers_minor:",
        "    if False:",
        _DOMAIN,
    ),
    Fault(
        "a referral is handed over although what was approved has changed",
        9,
        "activities/legal.py",
        "            if changed:",
        "            if False:",
        f"{_RECORDS}/test_hand_over.py",
    ),
    Fault(
        "anybody approves a referral",
        9,
        "activities/booking_requests.py",
        "    if needed is not None and authority < needed:",
        "    if False:",
        f"{_RECORDS}/test_hand_over.py",
    ),
    Fault(
        "a time-barred debt is referred",
        9,
        "domain/referral_rules.py",
        '    return ChecklistItem("within_limitation", facts.now < ends,',
        '    return ChecklistItem("within_limitation", True,',
        f"{_DOMAIN}/test_referral_rules.py",
    ),
    Fault(
        "a missed instalment is never noticed",
        14,
        "domain/progress.py",
        "            return instalment.due_at + cure",
        "            return instalment.due_at + cure * 1000",
        _DOMAIN,
    ),
    Fault(
        "an agent decides on a complaint about themselves",
        15,
        "domain/admission.py",
        "    if complaint.agent_id is not None and complaint.agent_id == message.resolved_by:",
        "    if False:",
        _DOMAIN,
    ),
    Fault(
        "a changed audit record goes unnoticed",
        16,
        "storage/audit.py",
        "        if record_hash(record) != record.hash:",
        "        if False:",
        _RECORDS,
    ),
    Fault(
        "a message that told of a debt too is not counted for it",
        2,
        "domain/contact_counts.py",
        "each.account_id == proposal.account_id]",
        "each.account_id == proposal.account_id and not each.told_along]",
        f"{_RULES}/test_caps.py",
    ),
    Fault(
        "an account that was told of by another one's message is written to again",
        12,
        "activities/shared_contacts.py",
        "    if order.message_class is not MessageClass.DEMAND:\n        return None",
        "    if order.message_class is not MessageClass.SERVICE:\n        return None",
        f"{_RECORDS}/test_one_message.py",
    ),
    Fault(
        "an account on hold is told of by another one's message",
        3,
        "activities/shared_contacts.py",
        "    return Companion(beside, told, ruling) if ruling.allowed else None",
        "    return Companion(beside, told, ruling)",
        f"{_RECORDS}/test_one_message.py",
    ),
    Fault(
        "what suits the person is not asked",
        1,
        "domain/contact_binding.py",
        "    told = suitable.rules() if suitable is not None else ()",
        "    told: tuple[Hours | QuietDays, ...] = ()",
        f"{_RULES}/test_contact_preferences.py",
    ),
    Fault(
        "a demand that gives way gives way for ever",
        2,
        "domain/contact_turns.py",
        "PATIENCE = timedelta(days=7)",
        "PATIENCE = timedelta(days=7000)",
        f"{_RULES}/test_turns.py",
    ),
    Fault(
        "a later opt-out gives way to a consent that came with an account",
        6,
        "storage/people.py",
        "    counts = record_choice(session, debtor_id, channel, address_ref, True, given_at)",
        "    counts = record_choice(session, debtor_id, channel, address_ref, True, confirmed_at)",
        f"{_RECORDS}/test_consents.py",
    ),
)
