"""What is measured: four subjects that live the same life side by side, each in a worker process of its own."""

from datetime import timedelta
from enum import StrEnum

from domain.terms import Channel


class Subject(StrEnum):
    """One way to live the life, under which a namespace of the engine and a worker process are named."""

    TWIN = "twin"
    """A bare workflow with the same timers, signals, upserts and activities, and nothing in any of them."""
    WORKFLOW = "workflow"
    """AccountCollection, with activities that answer at once from memory: the cost of the workflow alone."""
    ENCRYPTED = "encrypted"
    """The same with every payload encrypted."""
    PRODUCT = "product"
    """AccountCollection with its real activities: records, rules and words. Its messages end in the outbox."""


POLICY = "bench"
"""The policy under which every account of the bench is collected."""

LASTING_POLICY = "bench-lasting"
"""The same with a week between contacts."""

TYPICAL_POLICY = "bench-typical"
"""The same with contacts every week, then every two weeks, then every month."""

CURRENCY = "CNY"
OWED_MINOR = 100_000

CHANNELS = (Channel.SMS, Channel.VOICE, Channel.SMS, Channel.VOICE, Channel.VOICE, Channel.EMAIL)
"""How each contact of the life goes out, in turn: as ``policies/bench.yaml`` has it."""

NEW_STAGE_AT = (3, 5, 6)
"""The contacts that enter a new stage, which costs an upsert of the search attributes."""

PAID_AFTER = {3: "400.00", 6: "600.00"}
"""The payments, by the contact that they follow. The last one closes the case."""

PAUSE = timedelta(seconds=1)
"""From one contact to the next. The dev server fires no timer sooner than this."""

REST = timedelta(hours=1)
"""What follows the last contact, so that no other one is due before the last payment is in."""

CONTACTS = len(CHANNELS)
SIGNALS = len(PAID_AFTER)
