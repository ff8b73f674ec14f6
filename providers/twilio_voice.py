"""Recorded announcements by telephone through Twilio. The words say nothing of a debt: anybody may pick up."""

from datetime import datetime, timedelta

from twilio.twiml.voice_response import VoiceResponse

from domain.messages import Words
from providers.port import Accepted, ContactIntent, LookupResult, Rejected, RejectionKind, SendResult, Unknown
from providers.twilio_answers import TWILIO_FAILURES, what_became
from providers.twilio_http import TwilioAccount, twilio_client
from providers.window import WINDOW_OVER, Clock, seconds_left

RING_SECONDS = 30
"""How long it rings before Twilio gives up."""

TIMES_SAID = 2
"""The announcement is said twice, so that who picks up late hears it whole."""

CALLS_LOOKED_AT = 20
"""How many calls to one number a lookup reads, the latest first."""

CLOCK_MARGIN = timedelta(minutes=2)
"""By how much Twilio's clock may differ from ours."""

VOICES = {
    "zh-CN": ("cmn-CN", "Polly.Zhiyu"),
    "en": ("en-US", "Polly.Joanna"),
    "en-US": ("en-US", "Polly.Joanna"),
    "en-GB": ("en-GB", "Polly.Amy"),
}
"""Twilio's language and voice for each language of ours."""


class TwilioVoice:
    """Places calls that read an announcement out and end."""

    name = "twilio-voice"

    def __init__(self, account: TwilioAccount, clock: Clock) -> None:
        self._client = twilio_client(account)
        self._from_number = account.from_number
        self._clock = clock

    def send(self, intent: ContactIntent) -> SendResult:
        """Place the call, unless it could still ring after the window."""
        if intent.language not in VOICES:
            return Rejected(RejectionKind.NOT_ALLOWED, f"no_voice_for_{intent.language}")
        if seconds_left(intent, self._clock) < RING_SECONDS:
            return WINDOW_OVER
        try:
            call = self._client.calls.create(
                to=intent.to,
                from_=self._from_number,
                twiml=announcement(intent.words, intent.language),
                timeout=RING_SECONDS,
            )
        except TWILIO_FAILURES as failure:
            return what_became(failure)
        return Accepted(self.name, call.sid) if call.sid else Unknown("unreadable_answer")

    def lookup(self, intent: ContactIntent, since: datetime) -> LookupResult:
        """Look for the one call that we placed to that number since then; none or several prove nothing."""
        try:
            # Not narrowed by StartTime: a call that still waits in Twilio's queue has none.
            calls = self._client.calls.list(
                to=intent.to, from_=self._from_number, limit=CALLS_LOOKED_AT, page_size=CALLS_LOOKED_AT
            )
        except TWILIO_FAILURES as failure:
            return Unknown(what_became(failure).code)
        earliest = since - CLOCK_MARGIN
        placed = [call.sid for call in calls if call.sid and call.date_created and call.date_created >= earliest]
        return Accepted(self.name, placed[0]) if len(placed) == 1 else Unknown(f"{len(placed)}_calls_listed")


def announcement(words: Words, language: str) -> str:
    """Return the TwiML that reads the words out.

    Raises:
        KeyError: there is no voice for the language.
    """
    twilio_language, voice = VOICES[language]
    response = VoiceResponse()
    response.pause(length=1)
    response.say(words.text, language=twilio_language, voice=voice, loop=TIMES_SAID)
    response.hangup()
    return str(response)
