"""Whether composed words tell the person all that they have a right to know, and nobody else anything.

The words themselves are searched for each fact as it is written there: a template cannot seem to say what it does not.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from activities.fact_words import ROW, AccountWords, FactWords
from activities.language_files import Conventions, RequiredPoint
from activities.wording import PlainText
from domain.jurisdiction import Revival
from domain.messages import NOTHING, Words
from domain.remedies import RemedyKind
from domain.sms_segments import sms_size
from domain.terms import Channel

MOST_SEGMENTS = 8
"""Of a text message: what carriers in China take (500 characters)."""

_PREVIEW_COLUMNS = 140
"""How much of an email's beginning mail programs show in their lists; a Chinese character takes two columns."""

_IN_FULL = (
    "collector",
    "person_name",
    "lender_name",
    "product",
    "arrears",
    "as_of",
    "due_date",
    "days_overdue",
    "pay_url",
    "help_phone",
    "complaint_phone",
    "complaint_email",
)
_STATED = {
    Channel.SMS: ("lender_name", "product", "arrears", "as_of", "due_date", "days_overdue", "help_phone", "link"),
    Channel.VOICE: ("collector", "person_name", "help_phone"),
    Channel.EMAIL: (*_IN_FULL, "postal_address", "link"),
    Channel.LETTER: (*_IN_FULL, "postal_address", "link"),
    Channel.CALL: _IN_FULL,
}
"""Facts that a demand states on each channel."""

_REMEDIES_OF_MONEY = (RemedyKind.CORRECT_BALANCE.value, RemedyKind.WAIVE.value)

_STATED_OF_OTHERS = {
    Channel.SMS: ("product", "account_ending", "arrears", "due_date", "days_overdue"),
    Channel.VOICE: (),
    Channel.EMAIL: ("product", "account_id", "due_date", "days_overdue"),
    Channel.LETTER: ("product", "account_id", "due_date", "days_overdue"),
    Channel.CALL: ("product", "account_id", "due_date", "days_overdue"),
}
"""Facts that a demand on several accounts states of each account beside its own; with the amounts where it has rows."""

_OFFERED = ("hardship_grace", "plan_most", "plan_smallest", "plan_longest", "plan_income")
"""What the script of a call says that an agent may offer."""

_FACTS_OF_THE_DEBT = ("product", "arrears", "balance", "due_date", "days_overdue")


def missing(channel: Channel, words: Words, facts: FactWords) -> Iterator[str]:
    """Each thing that the words of a demand do not state although they must, in words."""
    for name in _STATED[channel]:
        if not _states(words.text, str(facts[name])):
            yield f"does not state {name}; put {{{{ {name} }}}} back"
    if facts["balance_differs"] and channel is not Channel.VOICE and not _states(words.text, str(facts["balance"])):
        yield "does not state the balance beside the arrears, although they differ; put {{ balance }} back"
    yield from _missing_of_others(channel, words.text, facts)
    yield from _missing_plan(channel, words.text, facts)
    yield from _missing_of_waivers(channel, words.text, facts)
    match channel:
        case Channel.EMAIL:
            yield from _missing_rows(words.text, facts)
        case Channel.CALL:
            yield from _missing_rows(words.text, facts)
            yield from _missing_offers(words.text, facts)
        case Channel.LETTER:
            yield from _missing_rows(words.text, facts)
            yield from _missing_letterhead(words.text, facts)
        case Channel.SMS | Channel.VOICE:
            pass


def missing_in_listed(
    channel: Channel, words: Words, facts: FactWords, states: Sequence[str], rows: Sequence[str]
) -> Iterator[str]:
    """Each thing that the words of a message do not state although its list wants it, in words."""
    states, rows = ([each for each in names if _is_told(each, facts)] for names in (states, rows))
    for name in states:
        if name not in facts or not _states(words.text, str(facts[name])):
            yield f"does not state {name}; put {{{{ {name} }}}} back"
    yield from _other_rows(words.text, facts, rows)
    if channel is Channel.LETTER:
        yield from _missing_letterhead(words.text, facts)


def unfit(channel: Channel, words: Words, facts: FactWords, conventions: Conventions) -> Iterator[str]:
    """What else forbids sending the words on their channel: too long, without a signature, or telling others."""
    match channel:
        case Channel.SMS:
            yield from _unfit_text_message(words.text, facts, conventions)
        case Channel.VOICE:
            yield from _unfit_announcement(words.text, facts, conventions)
        case Channel.EMAIL:
            yield from _missing_subject(words)
            yield from _revealing("the subject", _impersonal(words.subject, facts), conventions)
            yield from _revealing("the preview", _preview(_impersonal(words.text, facts)), conventions)
        case Channel.LETTER:
            yield from _missing_subject(words)
            yield from _revealing("the subject", _impersonal(words.subject, facts), conventions)
        case Channel.CALL:
            pass


def unmade_points(words: Words, points: tuple[RequiredPoint, ...], facts: FactWords) -> Iterator[str]:
    """Each point that the words do not make."""
    text = PlainText(words.text)
    time_barred, revival = bool(facts["time_barred"]), Revival(str(facts["revival"]))
    for each in points:
        if each.binds(time_barred=time_barred, revival=revival) and not any(map(text.says, each.any_of)):
            yield f"does not make the point {each.point}; {_how_to_make(each)}"


def late_points(channel: Channel, words: Words, points: tuple[RequiredPoint, ...], facts: FactWords) -> Iterator[str]:
    """What must come before any fact of the debt and does not. For facts unlike all other words."""
    telling = [str(facts[name]) for name in _FACTS_OF_THE_DEBT]
    telling += [phrase for each in points if each.tells_of_debt for phrase in each.any_of]
    opening = PlainText(words.text).before(telling)
    if channel is Channel.CALL and not opening.says(str(facts["collector"])):
        yield "does not say who calls before any fact of the debt; put {{ collector }} first"
    for each in points:
        if each.before_facts and not any(map(opening.says, each.any_of)):
            yield f"tells of the debt before the point {each.point}; {_how_to_make(each)} first"


def discloses_to_others(channel: Channel, words: Words, facts: FactWords) -> Iterator[str]:
    """Each fact of the debt in what others may see or hear. For facts unlike all other words."""
    seen = {
        Channel.VOICE: words.text,
        Channel.EMAIL: words.subject + _preview(words.text),
        Channel.LETTER: words.subject,
    }
    for name in ("product", "lender_name"):
        if facts[name] != facts["collector"] and _states(seen.get(channel, ""), str(facts[name])):
            yield f"tells others {name}; keep {{{{ {name} }}}} out of the subject, the preview and announcements"


def _states(text: str, value: str) -> bool:
    """Whether the value stands in the text by itself, not as a part of a longer number."""
    before = r"(?<![0-9])(?<![0-9][.,])" if value[:1].isdigit() else ""
    after = r"(?![0-9]|[.,][0-9])" if value[-1:].isdigit() else ""
    return re.search(before + re.escape(value) + after, text) is not None


def _missing_of_others(channel: Channel, text: str, facts: FactWords) -> Iterator[str]:
    """What a demand on several accounts does not state of those beside its own, and of all together."""
    others = accounts_beside(facts)
    for account in others:
        names = (*_STATED_OF_OTHERS[channel], *(("balance",) if account["balance_differs"] else ()))
        for name in names if channel is not Channel.VOICE else ():
            if not _states(text, str(account[name])):
                yield f"does not state {name} of each account; say {{{{ each.{name} }}}} for each of the others"
    if others and channel is Channel.SMS and not _states(text, str(facts["account_ending"])):
        yield "does not tell its own account from the others; put {{ account_ending }} back"
    if others and channel is not Channel.VOICE and not _states(text, str(facts["arrears_of_all"])):
        yield "does not state what is overdue on all accounts; put {{ arrears_of_all }} back"


def _missing_plan(channel: Channel, text: str, facts: FactWords) -> Iterator[str]:
    """What a demand does not state of the plans that it is to offer to who needs time."""
    names = ("plan_offered_count", "plan_offered_first", *(("plan_offered_date",) if channel is Channel.CALL else ()))
    beside = () if channel is Channel.CALL else accounts_beside(facts)
    accounts = [("", facts), *(("each.", each) for each in beside)]
    for prefix, account in accounts if channel is not Channel.VOICE else ():
        for name in names if account["plan_offered"] else ():
            if not _states(text, str(account[name])):
                yield f"offers no plan although the track does; say {{{{ {prefix}{name} }}}}"


def _missing_of_waivers(channel: Channel, text: str, facts: FactWords) -> Iterator[str]:
    """What a demand does not state of the waivers that are offered: what to pay, until when, and what is given up."""
    for offer in _several(facts["waiver_offers"]):
        for name in ("pay", "pay_by", "waived") if channel is not Channel.VOICE else ():
            if not _states(text, str(offer[name])):
                yield f"does not state {name} of each open offer; say {{{{ each.{name} }}}} for each of waiver_offers"


def accounts_beside(facts: FactWords) -> tuple[AccountWords, ...]:
    """The accounts that a demand tells of beside its own."""
    return _several(facts["others"])


def _several(fact: object) -> tuple[AccountWords, ...]:
    return fact if isinstance(fact, tuple) else ()


def _missing_rows(text: str, facts: FactWords) -> Iterator[str]:
    """Each account's amounts in one table, and where there are several, what they come to at the end."""
    others = accounts_beside(facts)
    names = list(_rows_of_account(facts))
    rows = [facts[name] for name in names]
    for account in others:
        names += (f"each.{name}" for name in _rows_of_account(account))
        rows += (account[name] for name in _rows_of_account(account))
    if others:
        names, rows = [*names, "arrears_of_all"], [*rows, facts["arrears_of_all"]]
    yield from _wrong_rows(text, names, rows)


def _rows_of_account(account: Mapping[str, object]) -> tuple[str, ...]:
    amounts = ("arrears_principal", "arrears_interest", "arrears_fees", "arrears")
    return (*amounts, "balance") if account["balance_differs"] else amounts


def _other_rows(text: str, facts: FactWords, names: Sequence[str]) -> Iterator[str]:
    wanted = [line.rsplit(ROW, 1)[-1] for name in names for line in str(facts.get(name)).splitlines()]
    yield from _wrong_rows(text, names, wanted)


def _wrong_rows(text: str, names: Sequence[str], rows: Sequence[object]) -> Iterator[str]:
    if [line.rsplit(ROW, 1)[1] for line in text.splitlines() if ROW in line] != rows:
        yield f'does not list {", ".join(names)}, one a line in this order; write each as "Label | {{{{ amount }}}}"'


def _is_told(name: str, facts: FactWords) -> bool:
    """The balance is told only where it differs from what is overdue, and other amounts where there are any."""
    match name:
        case "balance":
            return bool(facts["balance_differs"])
        case "credit_amount":
            return facts["has_credit"] == "yes"
        case "owed_now":
            return facts["owed_as"] != NOTHING
        case "remedy_amount":
            return any(each in str(facts["remedies"]) for each in _REMEDIES_OF_MONEY)
    return True


def _missing_offers(text: str, facts: FactWords) -> Iterator[str]:
    """An agent who does not read what may be offered offers too little, or too much."""
    where_any = {"waiver_at_once": facts["may_waive"], "plan_down": facts["asks_down_payment"]}
    for name in (*_OFFERED, *(name for name, offered in where_any.items() if offered)):
        if name not in facts or not _states(text, str(facts[name])):
            yield f"does not state {name}; put {{{{ {name} }}}} back"


def _missing_letterhead(text: str, facts: FactWords) -> Iterator[str]:
    head = "\n".join(line for line in text.splitlines() if line.startswith("# "))
    for name in ("collector", "postal_address", "help_phone"):
        if not _states(head, str(facts[name])):
            yield f'does not name {name} in its letterhead; put {{{{ {name} }}}} on a line that begins with "# "'
    if f"> {facts['as_of_date']}" not in text.splitlines():
        yield 'does not say when it was written; put "> {{ as_of_date }}" on a line of its own'


def _unfit_text_message(text: str, facts: FactWords, conventions: Conventions) -> Iterator[str]:
    signature = conventions.sms_begins.format(collector=facts["collector"])
    if not text.startswith(signature):
        yield f"does not begin with {conventions.sms_begins.format(collector='{{ collector }}')}; put it first"
    size = sms_size(text)
    if size.segments > MOST_SEGMENTS:
        yield f"takes {size.segments} segments, more than {MOST_SEGMENTS}; shorten the template or the names in it"
    if not re.search(re.escape(str(facts["link"])) + r"(\s|$)", text):
        yield "runs on right after its link, so that a telephone takes more for the link; put a space after {{ link }}"


def _unfit_announcement(text: str, facts: FactWords, conventions: Conventions) -> Iterator[str]:
    yield from _revealing("the announcement", _impersonal(text, facts), conventions)
    name = PlainText(str(facts["collector"]))
    for word in filter(name.says, conventions.collection_names):
        yield f'would say a name with "{word}" in it aloud; name the collector otherwise or use another channel'


def _missing_subject(words: Words) -> Iterator[str]:
    if not words.subject:
        yield 'has no subject; begin the template with "Subject: ..."'


def _impersonal(text: str, facts: FactWords) -> str:
    """The text without who writes to whom, from which number: these tell nothing, whatever their letters are."""
    for name in ("collector", "person_name", "help_phone"):
        text = text.replace(str(facts[name]), " ")
    return text


def _revealing(what: str, text: str, conventions: Conventions) -> Iterator[str]:
    for word in filter(PlainText(text).says, conventions.debt_words):
        yield f'says "{word}" in {what}, where others may learn of it; say it elsewhere'
    if re.search(r"\d", text):
        yield f"has a figure in {what}, where others may learn of it; say it elsewhere"


def _preview(text: str) -> str:
    columns = 0
    for position, character in enumerate(text):
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if columns > _PREVIEW_COLUMNS:
            return text[:position]
    return text


def _how_to_make(point: RequiredPoint) -> str:
    source = f", rule {point.source}" if point.source else ""
    return f"say {' or '.join(repr(phrase) for phrase in point.any_of)} ({point.reason}{source})"
