"""Turns a referral file into pages: titles, tables and words as a lawyer reads them, ready for the layout."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activities.referral_evidence import evidence_of, figure, local_moment
from config.referral_words import ReferralWords
from domain.local_days import last_local_day
from domain.referral_document import (
    Amounts,
    ChecklistLine,
    ComplaintLine,
    ContactLine,
    InstalmentLine,
    ProofLine,
    ReferralDocument,
    StatementLine,
)
from domain.terms import Channel

Block = dict[str, Any]
"""One block of a section as the layout takes it."""

Column = tuple[str, str]
"""A column's label and how wide it is: ``auto``, ``wide``, ``wider``, or ``number`` for figures."""


def referral_pages(document: ReferralDocument, words: ReferralWords, language: str, data_digest: str) -> dict[str, Any]:
    """The pages of a referral file, in one language.

    Args:
        document: the file.
        words: what the pages say by themselves.
        language: of those words, such as ``zh-CN``.
        data_digest: SHA-256 of the file as JSON, which the pages name.
    """
    return _Pages(document, words, language, data_digest).whole()


@dataclass(frozen=True)
class _Pages:
    file: ReferralDocument
    words: ReferralWords
    language: str
    data_digest: str

    def whole(self) -> dict[str, Any]:
        titles, file = self.words.titles, self.file
        return {
            "language": self.language,
            "title": titles.document,
            "subtitle": f"{file.agreement.product} · {file.account_id}",
            "reference": file.referral_id,
            "author": file.creditor.name,
            "confidential": titles.confidential,
            "contents": titles.contents,
            "summary": self._summary(),
            "sections": [
                self._section(titles.claim, self._claim()),
                self._section(titles.checklist, self._conditions()),
                self._section(titles.approvals, [self._approvals()]),
                self._section(titles.notices, [self._notices()]),
                self._section(titles.contacts, [_text(self.words.phrases.about_words), self._contacts()]),
                self._section(titles.promises, [self._promises()]),
                self._section(titles.plans, [*self._plans()]),
                self._section(titles.complaints, [self._complaints(), *self._complaint_texts()]),
                self._section(titles.holds, [self._holds()]),
                self._section(titles.choices, [self._choices()]),
                self._section(titles.told, [self._told()]),
                self._section(titles.evidence, self._evidence()),
                self._section(titles.annex, [self._entry(each) for each in file.contacts], begins_page=True),
            ],
        }

    def _section(self, title: str, blocks: Iterable[Block], *, begins_page: bool = False) -> dict[str, Any]:
        return {"title": title, "blocks": list(blocks), "begins-page": begins_page}

    def _table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], totals: int = 0) -> Block:
        """A table, or a word that there is nothing to list; the last ``totals`` rows are sums."""
        lines = [list(row) for row in rows]
        if not lines:
            return _text(self.words.phrases.none)
        heads = [
            {"label": label, "width": "auto" if width == "number" else width, "number": width == "number"}
            for label, width in columns
        ]
        return {"kind": "table", "columns": heads, "rows": lines, "totals": totals}

    def _summary(self) -> list[tuple[str, str]]:
        labels, file = self.words.labels, self.file
        creditor, debtor, agreement = file.creditor, file.debtor, file.agreement
        currency = agreement.currency
        approved = [each for each in file.approvals if each.approved and each.referral_id == file.referral_id]
        return [
            (labels.file, file.referral_id),
            (labels.drawn_up, f"{self._moment(file.drawn_up_at)} ({debtor.time_zone})"),
            (labels.creditor, creditor.name),
            (labels.creditor_address, creditor.postal_address),
            (labels.collector, f"{creditor.collector} ({self.words.code('role', creditor.role)})"),
            (labels.debtor, debtor.name),
            *self._addresses(),
            (labels.account, file.account_id),
            (labels.product, agreement.product),
            (labels.jurisdiction, agreement.jurisdiction),
            (labels.claim_total, f"{figure(file.statement.arrears.total)} {currency}"),
            (labels.balance_total, f"{figure(file.statement.balance.total)} {currency}"),
            *((labels.approved_by, f"{each.decided_by}, {self._moment(each.decided_at)}") for each in approved[-1:]),
        ]

    def _addresses(self) -> Iterator[tuple[str, str]]:
        labels = self.words.labels
        for each in self.file.debtor.addresses:
            gone = "" if each.usable else f" ({labels.no_longer_usable})"
            yield getattr(labels, each.kind), f"{each.value}{gone}"

    def _claim(self) -> Iterator[Block]:
        titles, phrases = self.words.titles, self.words.phrases
        yield _text(phrases.amounts_in.format(currency=self.file.agreement.currency))
        yield _text(phrases.times.format(zone=self.file.debtor.time_zone))
        yield _subtitle(titles.amounts)
        yield self._components()
        yield _subtitle(titles.instalments)
        yield self._instalments()
        yield _subtitle(titles.bookings)
        yield self._lines()

    def _components(self) -> Block:
        """From what the contract asks for to what is left, with what was paid as one sum."""
        labels, statement = self.words.labels, self.file.statement
        return self._table(
            (("", "wide"), *self._amount_columns()),
            (
                (labels.contract, *_figures(statement.owed)),
                (labels.charged, *_figures(statement.charged)),
                (labels.waived, *_figures(statement.waived)),
                (labels.paid, "", "", "", figure(statement.paid)),
                (labels.balance, *_figures(statement.balance)),
                (labels.overdue, *_figures(statement.arrears)),
            ),
            totals=2,
        )

    def _instalments(self) -> Block:
        labels, statement = self.words.labels, self.file.statement
        columns = ((labels.number, "number"), (labels.due_date, "wide"), *self._amount_columns())
        rows = [self._instalment(each) for each in statement.instalments]
        charged, left = figure(statement.charged.total), figure(statement.balance.total)
        sums = ("", labels.total, *_figures(statement.owed), charged, left)
        return self._table((*columns, (labels.charged, "number"), (labels.left, "number")), [*rows, sums], totals=1)

    def _instalment(self, each: InstalmentLine) -> tuple[str, ...]:
        charged = figure(each.charged.total)
        return str(each.number), each.due_date.isoformat(), *_figures(each.owed), charged, figure(each.left.total)

    def _lines(self) -> Block:
        labels = self.words.labels
        columns = ((labels.at, "auto"), (labels.kind, "auto"), (labels.reference, "wide"), *self._amount_columns())
        return self._table((*columns, (labels.unallocated, "number")), map(self._line, self.file.statement.lines))

    def _line(self, each: StatementLine) -> tuple[str, ...]:
        """Late charges have days, bookings a moment and an id, with the id of what they take back."""
        days = " ".join(day.isoformat() for day in (each.since, each.until) if day is not None)
        reference = each.entry_id or ""
        return (
            self._moment(each.effective_at) or days,
            self.words.code("entry", each.kind),
            reference if each.reverses is None else f"{reference} ({each.reverses})",
            *_figures(each.amounts),
            figure(each.unallocated),
        )

    def _amount_columns(self) -> tuple[Column, ...]:
        labels = self.words.labels
        return tuple((each, "number") for each in (labels.principal, labels.interest, labels.fees, labels.total))

    def _conditions(self) -> Iterator[Block]:
        labels, phrases, checklist = self.words.labels, self.words.phrases, self.file.checklist
        columns = ((labels.item, "wide"), (labels.fulfilled, "auto"), (labels.evidence, "wider"))
        yield self._table(
            columns,
            (
                (
                    self.words.code("item", each.name),
                    phrases.yes if each.fulfilled else phrases.no,
                    "\n".join([self._shown_by(each), *map(self._proof, each.proofs)]),
                )
                for each in checklist.items
            ),
        )
        opened = self._moment(checklist.opened_at)
        yield {"kind": "facts", "rows": [(labels.checklist_digest, f"{checklist.digest} ({opened})")]}

    def _shown_by(self, item: ChecklistLine) -> str:
        return evidence_of(item.model_dump(), self.words, self.file.debtor.time_zone)

    def _proof(self, proof: ProofLine) -> str:
        """What the record is, with the number of a contact under which the annex has its words."""
        day = self._moment(datetime.fromisoformat(proof.at))[:10]
        number = next((each.number for each in self.file.contacts if each.contact_id == proof.reference), None)
        entry = "" if number is None else f" ({self.words.phrases.annex_entry.format(number=number)})"
        return f"{self.words.code('proof', proof.kind)} {proof.reference}{entry}, {day}"

    def _approvals(self) -> Block:
        labels, phrases = self.words.labels, self.words.phrases
        columns = ((labels.at, "auto"), (labels.reference, "wide"), (labels.decision, "auto"), (labels.by, "wide"))
        return self._table(
            (*columns, (labels.authority, "number"), (labels.reason, "wide")),
            (
                (
                    self._moment(each.decided_at),
                    each.referral_id,
                    phrases.approved if each.approved else phrases.refused,
                    each.decided_by,
                    "" if each.authority is None else str(each.authority),
                    each.reason_code,
                )
                for each in self.file.approvals
            ),
        )

    def _notices(self) -> Block:
        labels, code = self.words.labels, self.words.code
        columns = ((labels.notice, "wide"), (labels.channel, "auto"), (labels.sent, "auto"), (labels.arrived, "auto"))
        return self._table(
            (*columns, (labels.state, "auto"), (labels.reference, "wide")),
            (
                (
                    code("notice", each.notice),
                    code("channel", each.channel or ""),
                    self._moment(each.sent_at),
                    self._moment(each.arrived_at),
                    code("notice_state", each.state),
                    each.contact_id or "",
                )
                for each in self.file.notices
            ),
        )

    def _contacts(self) -> Block:
        labels, code = self.words.labels, self.words.code
        columns = ((labels.number, "number"), (labels.at, "auto"), (labels.channel, "auto"), (labels.purpose, "wide"))
        return self._table(
            (*columns, (labels.stage, "wide"), (labels.state, "wide"), (labels.arrived, "auto")),
            (
                (
                    str(each.number),
                    self._moment(each.at),
                    code("channel", each.channel),
                    code("class", each.message_class),
                    code("stage", each.stage),
                    self._state(each),
                    self._moment(each.arrived_at),
                )
                for each in self.file.contacts
            ),
        )

    def _state(self, contact: ContactLine) -> str:
        if contact.simulated:
            return self.words.phrases.not_sent
        if contact.channel == Channel.CALL:
            return self._call(contact)
        return self.words.code("status", contact.status)

    def _call(self, contact: ContactLine) -> str:
        spoken = "conversation" if contact.conversation else "answered" if contact.connected else "no_answer"
        direction = f"{self.words.code('direction', 'inbound')}, " if contact.direction == "inbound" else ""
        return direction + self.words.code("call", spoken)

    def _promises(self) -> Block:
        labels = self.words.labels
        columns = ((labels.at, "auto"), (labels.amount, "number"), (labels.until, "auto"), (labels.outcome, "wide"))
        return self._table(
            (*columns, (labels.reference, "wide")),
            (
                (
                    self._moment(each.taken_at),
                    figure(each.amount),
                    self._moment(each.until),
                    self.words.code("outcome", each.outcome or ""),
                    each.promise_id,
                )
                for each in self.file.promises
            ),
        )

    def _plans(self) -> Iterator[Block]:
        labels = self.words.labels
        if not self.file.plans:
            yield _text(self.words.phrases.none)
        for plan in self.file.plans:
            outcome = self.words.code("outcome", plan.outcome or "")
            yield _subtitle(f"{plan.plan_id}, {self._moment(plan.agreed_at)}{': ' if outcome else ''}{outcome}")
            columns = ((labels.number, "number"), (labels.until, "wide"), (labels.amount, "number"))
            payments = enumerate(plan.instalments, start=1)
            yield self._table(
                columns,
                ((str(number), self._last_day(each.due_at), figure(each.amount)) for number, each in payments),
            )

    def _complaints(self) -> Block:
        labels, code = self.words.labels, self.words.code
        columns = ((labels.filed, "auto"), (labels.reference, "wide"), (labels.category, "auto"))
        return self._table(
            (
                *columns,
                (labels.outcome, "auto"),
                (labels.decided, "auto"),
                (labels.by, "wide"),
                (labels.remedy, "wide"),
            ),
            (
                (
                    self._moment(each.filed_at),
                    each.complaint_id,
                    code("category", each.category),
                    code("outcome", each.outcome or ""),
                    self._moment(each.decided_at),
                    each.decided_by or "",
                    self._remedies(each),
                )
                for each in self.file.complaints
            ),
        )

    def _remedies(self, complaint: ComplaintLine) -> str:
        code = self.words.code
        done = [
            " ".join(
                part
                for part in (
                    code("remedy", each.kind),
                    code("component", each.component or ""),
                    each.amount,
                    code("stage", each.stage or ""),
                    each.agent_id,
                )
                if part
            )
            for each in complaint.remedies
        ]
        return self.words.phrases.separator.join([*done, *([complaint.remedy] if complaint.remedy else [])])

    def _complaint_texts(self) -> Iterator[Block]:
        labels = self.words.labels
        for each in self.file.complaints:
            if each.text:
                facts = [(labels.filed, self._moment(each.filed_at))]
                yield {"kind": "entry", "title": each.complaint_id, "facts": facts, "text": each.text}
            if each.explanation:
                facts = [(labels.decided, self._moment(each.decided_at))]
                yield {"kind": "entry", "title": each.complaint_id, "facts": facts, "text": each.explanation}

    def _holds(self) -> Block:
        labels = self.words.labels
        columns = ((labels.kind, "wide"), (labels.reference, "wide"), (labels.reason, "wide"), (labels.since, "auto"))
        return self._table(
            (*columns, (labels.until, "auto"), (labels.ended, "auto")),
            (
                (
                    self.words.code("hold", each.kind),
                    each.hold_id,
                    each.reason,
                    self._moment(each.since),
                    self._moment(each.until),
                    self._moment(each.ended_at),
                )
                for each in self.file.holds
            ),
        )

    def _choices(self) -> Block:
        labels, phrases = self.words.labels, self.words.phrases
        columns = ((labels.at, "auto"), (labels.channel, "auto"), (labels.to, "wide"), (labels.decision, "auto"))
        return self._table(
            columns,
            (
                (
                    self._moment(each.at),
                    self.words.code("channel", each.channel),
                    phrases.whole_channel if each.address_ref == "*" else each.address_ref,
                    phrases.allowed if each.allowed else phrases.stopped,
                )
                for each in self.file.choices
            ),
        )

    def _told(self) -> Block:
        labels = self.words.labels
        return self._table(
            ((labels.at, "auto"), (labels.what, "wide"), (labels.details, "wider")),
            (
                (self._moment(each.booked_at), self.words.code("told", each.name), _details(each.body))
                for each in self.file.told
            ),
        )

    def _evidence(self) -> Iterator[Block]:
        labels, file = self.words.labels, self.file
        yield _text(self.words.phrases.about_evidence)
        yield {
            "kind": "facts",
            "rows": [
                (labels.format, file.format),
                (labels.data_digest, self.data_digest),
                (labels.trail_head, f"{labels.number} {file.trail_head.number}: {file.trail_head.hash}"),
            ],
        }

    def _entry(self, contact: ContactLine) -> Block:
        labels, phrases, code = self.words.labels, self.words.phrases, self.words.code
        number = phrases.annex_entry.format(number=contact.number)
        facts = [
            (labels.at, self._moment(contact.at)),
            (labels.reference, contact.contact_id),
            (labels.to, contact.to or ""),
            (labels.provider, contact.provider or ""),
            (labels.state, self._state(contact)),
            (labels.arrived, self._moment(contact.arrived_at)),
            (labels.template, contact.template or ""),
            (labels.subject, contact.subject),
            (labels.words_digest, contact.words_sha256),
        ]
        return {
            "kind": "entry",
            "title": f"{number}: {code('channel', contact.channel)}, {self._moment(contact.at)[:10]}",
            "facts": [(label, value) for label, value in facts if value],
            "text": _readable(contact) or phrases.no_words,
        }

    def _moment(self, moment: datetime | None) -> str:
        """In the debtor's own time zone, which the pages name."""
        return "" if moment is None else local_moment(moment, self.file.debtor.time_zone)

    def _last_day(self, until: datetime) -> str:
        """Of what may be done until a moment: the end of a day is that day, not the midnight that begins the next."""
        return last_local_day(until, self.file.debtor.time_zone).isoformat()


def _text(words: str) -> Block:
    return {"kind": "text", "text": words}


def _subtitle(words: str) -> Block:
    return {"kind": "subtitle", "text": words}


def _figures(amounts: Amounts) -> tuple[str, ...]:
    return tuple(figure(each) for each in (amounts.principal, amounts.interest, amounts.fees, amounts.total))


def _readable(contact: ContactLine) -> str:
    """A letter's words without the marks for its layout; the letter itself is enclosed as it was set."""
    if contact.channel != Channel.LETTER:
        return contact.words
    return re.sub(r"^(# |> |= )", "", contact.words, flags=re.MULTILINE).replace(" | ", "  ")


def _details(body: dict[str, Any]) -> str:
    """What a message said, without the ids by which it was sent."""
    told = {name: value for name, value in body.items() if name not in ("event_id", "request_id", "occurred_at")}
    return "; ".join(f"{name}: {_plain(value)}" for name, value in told.items())


def _plain(value: object) -> str:
    """A value as a reader writes it, whatever it holds."""
    match value:
        case dict():
            return " ".join(_plain(each) for each in value.values())
        case list() | tuple():
            return ", ".join(_plain(each) for each in value)
        case _:
            return str(value)
