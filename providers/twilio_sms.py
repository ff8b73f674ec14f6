"""Text messages by Twilio, each with a validity that ends with the lawful window."""

from datetime import datetime, timedelta

from twilio.rest.api.v2010.account.message import MessageInstance

from providers.port import Accepted, ContactIntent, LookupResult, SendResult, Unknown
from providers.twilio_answers import TWILIO_FAILURES, what_became
from providers.twilio_http import TwilioAccount, twilio_client
from providers.window import WINDOW_OVER, Clock, seconds_left

LONGEST_VALIDITY_SECONDS = 36_000
"""The most that Twilio takes for ``ValidityPeriod``; the least is 1."""

MESSAGES_LOOKED_AT = 100
"""How far back a lookup reads among the messages to one number, the latest first."""

CLOCK_MARGIN = timedelta(minutes=2)
"""By how much Twilio's clock may differ from ours."""


class TwilioSms:
    """Hands text messages to Twilio."""

    name = "twilio-sms"

    def __init__(self, account: TwilioAccount, clock: Clock) -> None:
        self._client = twilio_client(account)
        self._from_number = account.from_number
        self._clock = clock

    def send(self, intent: ContactIntent) -> SendResult:
        """Hand the message over, to be dropped by Twilio if it still waits when the window ends."""
        left = seconds_left(intent, self._clock)
        if left < 1:
            return WINDOW_OVER
        try:
            message = self._client.messages.create(
                to=intent.to,
                from_=self._from_number,
                body=intent.words.text,
                validity_period=min(left, LONGEST_VALIDITY_SECONDS),
            )
        except TWILIO_FAILURES as failure:
            return what_became(failure)
        return Accepted(self.name, message.sid) if message.sid else Unknown("unreadable_answer")

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        """Look for the very words among the messages to that number.

        Not to find them proves nothing: Twilio may have taken the message and not list it yet.
        """
        try:
            # Not narrowed by DateSent: a message that still waits in Twilio's queue has none.
            messages = self._client.messages.list(
                to=intent.to, from_=self._from_number, limit=MESSAGES_LOOKED_AT, page_size=MESSAGES_LOOKED_AT
            )
        except TWILIO_FAILURES as failure:
            return Unknown(what_became(failure).code)
        for message in messages:
            if message.sid and _is_this(message, intent, since):
                return Accepted(self.name, message.sid, delivered=message.status in ("delivered", "read"))
        return Unknown("not_listed")


def _is_this(message: MessageInstance, intent: ContactIntent, since: datetime) -> bool:
    """A text that names the contact (by its link) is unique; another must also be as new as the hand-off."""
    words = intent.words.text.strip()
    if words not in (message.body or ""):
        return False
    created = message.date_created
    return intent.contact_id in words or (created is not None and created >= since - CLOCK_MARGIN)
