"""Puts the providers together from what is configured: real ones where there is an account, else the outbox."""

from dataclasses import dataclass
from pathlib import Path

from domain.terms import Channel
from providers.letters import LetterFolder
from providers.outbox import Outbox
from providers.port import Provider
from providers.routing import DEFAULT_ROUTES, RoutedProvider, RoutePolicy
from providers.sendgrid_email import SendGridAccount, SendGridEmail
from providers.twilio_http import TwilioAccount
from providers.twilio_sms import TwilioSms
from providers.twilio_voice import TwilioVoice
from providers.window import Clock


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What decides who carries messages."""

    outbox_dir: Path
    """Where messages are kept that nobody carries."""
    outbox_counts: bool = True
    """Whether they count as made; else another channel is tried."""
    twilio: TwilioAccount | None = None
    sendgrid: SendGridAccount | None = None
    print_dir: Path | None = None
    """The folder shared with a print service; without it, letters stay in the outbox."""
    first_party: bool = False
    """Whether the lender collects its own debts in its own name; Twilio's terms for the US and Canada turn on it."""
    routes: RoutePolicy = DEFAULT_ROUTES


def configured_providers(settings: ProviderSettings, clock: Clock) -> dict[Channel, Provider]:
    """Return one provider for each channel that carries messages.

    Args:
        settings: accounts and folders.
        clock: tells the time inside the activity that sends; the server's, never the host's.
    """
    channels = (Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.LETTER)
    providers: dict[Channel, Provider] = dict.fromkeys(
        channels, Outbox(settings.outbox_dir, counts=settings.outbox_counts)
    )
    if settings.twilio is not None:
        providers[Channel.SMS] = _routed(TwilioSms(settings.twilio, clock), settings)
        providers[Channel.VOICE] = _routed(TwilioVoice(settings.twilio, clock), settings)
    if settings.sendgrid is not None:
        providers[Channel.EMAIL] = SendGridEmail(settings.sendgrid, clock)
    if settings.print_dir is not None:
        providers[Channel.LETTER] = LetterFolder(settings.print_dir)
    return providers


def _routed(provider: Provider, settings: ProviderSettings) -> RoutedProvider:
    return RoutedProvider(provider, settings.routes, first_party=settings.first_party)
