"""What arrives at a case: signals and updates, read with care.

A message that cannot be read must not be lost, and must not stop the case.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.facts import FACTS, Message
    from domain.orders import Refusal
    from domain.requests import REQUESTS
    from domain.unreadable import in_fields


class Arrival:
    """One message, its reading, and in the end its answer."""

    def __init__(self, name: str, args: Sequence[RawValue]) -> None:
        """Keep the message as it came; nothing is read yet."""
        self.name = name
        self._args = args
        self._answer: dict[str, Any] | None = None
        self._refusal: Refusal | None = None

    def read(self) -> Message | Refusal:
        """The message it holds, or why it holds none."""
        model = FACTS.get(self.name) or REQUESTS.get(self.name)
        if model is None:
            return Refusal("unknown_message", f"no fact or request is called {self.name[:100]!r}")
        if len(self._args) != 1:
            return Refusal("malformed", f"{self.name} takes one JSON object, not {len(self._args)} arguments")
        try:
            body = workflow.payload_converter().from_payload(self._args[0].payload)
        except Exception:  # noqa: BLE001 - whatever a stranger's payload does to a converter, it is refused in words
            return Refusal("malformed", f"the argument of {self.name} is not JSON")
        if not isinstance(body, dict):
            return Refusal("malformed", f"the argument of {self.name} must be a JSON object")
        try:
            return model.model_validate(body)
        except ValidationError as error:
            return Refusal("malformed", f"{self.name}: {in_fields(error)}")

    @property
    def payload_digest(self) -> str:
        """A digest of the payload as it came, to recognise it by without keeping it."""
        digest = hashlib.sha256()
        for arg in self._args:
            digest.update(arg.payload.data)
        return digest.hexdigest()[:32]

    @property
    def settled(self) -> bool:
        """Whether it has been answered or refused."""
        return self._answer is not None or self._refusal is not None

    def accept(self, answer: dict[str, Any]) -> None:
        """Answer it."""
        self._answer = answer

    def refuse(self, refusal: Refusal) -> None:
        """Refuse it."""
        self._refusal = refusal

    def result(self) -> dict[str, Any]:
        """The answer for whoever waits for it.

        Raises:
            ApplicationError: with the refusal's code as type and its words as message.
        """
        if self._refusal is not None:
            raise ApplicationError(self._refusal.words, type=self._refusal.code, non_retryable=True)
        return self._answer or {}
