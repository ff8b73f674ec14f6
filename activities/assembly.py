"""Puts the activities together from the settings: the one place where their parts are chosen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from temporalio.client import Client

from activities import clock
from activities.calls import Calls
from activities.composer import Composer
from activities.contacts import Contacts
from activities.counsel_post import CounselPost
from activities.desk import Library
from activities.legal import Legal
from activities.occasions import OCCASIONS, class_of
from activities.person_facts import PersonFacts
from activities.records import Records
from activities.referral_binder import Binder
from activities.referral_vocabulary import require_words
from activities.typed_words import TypedWords
from config.jurisdiction_files import load_packs
from config.keys import parse_keys
from config.policy_files import load_policies
from config.referral_words import load_referral_words
from config.settings import Profile, Settings, SettingsError
from config.training_files import load_courses
from config.yaml_documents import ConfigError
from domain.orders import CONTACT_QUEUES
from domain.policy import Role
from domain.terms import Channel, MessageClass
from providers.configured import ProviderSettings, configured_providers
from providers.counsel import Counsel, CounselEndpoint, CounselFolder
from providers.port import Provider
from providers.sendgrid_email import SENDGRID_URL, SendGridAccount
from providers.signing import SigningKeys
from providers.twilio_http import TWILIO_URL, TwilioAccount
from storage.database import Database
from storage.personal import Keyring, use_keyring

Activity = Callable[..., Any]


@dataclass(frozen=True)
class Assembly:
    """The activities by the queue that they are for, and what they know."""

    library: Library
    office: Sequence[Activity]
    """For the collections queue."""
    contacts: Mapping[Channel, Sequence[Activity]]
    """For the queue of each channel."""
    post: CounselPost
    """Beside the workflows: what goes to counsel after a referral."""


def assemble(settings: Settings, database: Database, client: Client) -> Assembly:
    """Read policies, packs, courses and templates, connect the providers, and make the activities.

    Raises:
        ConfigError: if a policy, pack, course or template cannot be used, or not with these settings.
    """
    library = load_library(settings)
    composer = Composer(settings.templates_dir)
    require_messages(library, composer)
    providers = configured_providers(_provider_settings(settings, library), clock.now)
    binder = binder_of(settings.templates_dir, composer, library, signing_keys(settings))
    return activities_of(database, client, library, composer, providers, counsel_of(settings), binder)


def activities_of(
    database: Database,
    client: Client,
    library: Library,
    composer: Composer,
    providers: Mapping[Channel, Provider],
    counsel: Counsel,
    binder: Binder,
) -> Assembly:
    """The activities over these parts."""
    records = Records(database, library)
    contacts = Contacts(database, library, composer, providers)
    calls = Calls(database, library, composer)
    legal = Legal(database, library, counsel, binder)
    post = CounselPost(database, counsel, binder.keys)
    office: list[Activity] = [
        records.open_case,
        records.book_message,
        records.record_rejection,
        records.ask_person,
        records.close_case,
        contacts.find_moment,
        calls.request_call,
        calls.permit_call,
        legal.open_review,
        legal.refer_to_legal,
        PersonFacts(database, client).deliver_fact,
    ]
    return Assembly(library, office, {channel: [contacts.contact] for channel in CONTACT_QUEUES}, post)


def require_messages(library: Library, composer: Composer) -> None:
    """Refuse to start where a message that may be owed could not be written.

    Raises:
        ConfigError: naming each notice, service message or reply without a template in a language of a policy.
    """
    problems = [*_unwritten_notices(library, composer), *_unwritten_occasions(library, composer)]
    if problems:
        raise ConfigError(tuple(problems))


def _unwritten_notices(library: Library, composer: Composer) -> Iterator[str]:
    yield from (
        f"pack {pack.jurisdiction}: policy {policy.name} needs {duty.id} by {channel} in {language}; "
        f"write statutory/{duty.id}.{channel}.j2 there and list it in notices.yaml"
        for policy in library.policies.values()
        for pack in library.packs.values()
        if pack.jurisdiction in policy.jurisdictions and not policy.demonstration
        for duty in pack.duties
        for channel in duty.channels
        for language in map(composer.language_for, policy.lenders)
        if not composer.writes(MessageClass.STATUTORY, duty.id, channel, language)
    )


def _unwritten_occasions(library: Library, composer: Composer) -> Iterator[str]:
    yield from (
        f"policy {policy.name} needs {occasion} by {channel} in {language}; "
        f"write {class_of(occasion)}/{occasion}.{channel}.j2 there and list it in messages.yaml"
        for policy in library.policies.values()
        for occasion, known in OCCASIONS.items()
        for channel in known.channels
        for language in map(composer.language_for, policy.lenders)
        if not composer.writes(class_of(occasion), occasion, channel, language)
    )


def binder_of(templates: Path, composer: Composer, library: Library, keys: SigningKeys) -> Binder:
    """What makes the files of referrals, in every language that people are written to.

    Raises:
        ConfigError: if a language has no words for them, or none for a code that they may show.
    """
    words = load_referral_words(templates, composer.languages)
    require_words(words, library.packs)
    return Binder(words, composer.language_for, keys)


def signing_keys(settings: Settings) -> SigningKeys:
    """The keys that sign what goes to counsel; without any, nothing is signed."""
    keys = _secret(settings.legal_signing_keys)
    return SigningKeys(parse_keys(keys) if keys is not None else ())


def counsel_of(settings: Settings) -> Counsel:
    """Where referrals go: the endpoint if one is set, else the folder."""
    if settings.legal_endpoint is not None and settings.legal_secret is not None:
        return CounselEndpoint(settings.legal_endpoint, settings.legal_secret.get_secret_value())
    return CounselFolder(settings.legal_dir)


def open_records(settings: Settings) -> Database:
    """The database of these settings, with the keys that its personal data need."""
    keys = _secret(settings.data_keys)
    use_keyring(Keyring(parse_keys(keys) if keys is not None else ()))
    return Database(settings.database_url.get_secret_value())


def load_library(settings: Settings) -> Library:
    """Policies, packs and courses as these settings allow them; where real people are reached, without demonstrations.

    Raises:
        ConfigError: if one cannot be used, or still has example addresses where real people would read them.
    """
    policies, packs = load_policies(settings.policies_dir), load_packs(settings.jurisdictions_dir)
    if settings.real_providers:
        policies = {name: policy for name, policy in policies.items() if not policy.demonstration}
    reasons = (
        *(settings.why_unusable(f"policy {each.name}", False, each.placeholders) for each in policies.values()),
        *(settings.why_unusable(f"pack {each.jurisdiction}", each.demonstration) for each in packs.values()),
    )
    problems = tuple(reason for reason in reasons if reason is not None)
    if problems:
        raise SettingsError(problems)
    courses, words = load_courses(settings.training_dir), TypedWords(settings.templates_dir)
    return Library(policies, packs, courses, words, simulated_counts=settings.profile is Profile.DEV)


def _provider_settings(settings: Settings, library: Library) -> ProviderSettings:
    return ProviderSettings(
        outbox_dir=settings.outbox_dir,
        outbox_counts=settings.profile is Profile.DEV or not settings.real_providers,
        print_dir=settings.print_dir,
        first_party=all(policy.role is Role.FIRST_PARTY for policy in library.policies.values()),
        twilio=_twilio(settings),
        sendgrid=_sendgrid(settings),
    )


def _twilio(settings: Settings) -> TwilioAccount | None:
    token = _secret(settings.twilio_auth_token)
    if settings.twilio_account_sid is None or token is None or settings.twilio_from_number is None:
        return None
    url = settings.twilio_base_url or TWILIO_URL
    return TwilioAccount(settings.twilio_account_sid, token, settings.twilio_from_number, url)


def _sendgrid(settings: Settings) -> SendGridAccount | None:
    key = _secret(settings.sendgrid_api_key)
    if key is None or settings.sendgrid_from_email is None:
        return None
    return SendGridAccount(key, settings.sendgrid_from_email, settings.sendgrid_base_url or SENDGRID_URL)


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value is not None else None
