"""What can go wrong for a caller, told apart by what the caller must do next."""

from domain.orders import Refusal


class DuecourseError(Exception):
    """Root of everything that a caller can catch. ``code`` is for machines, the message for people."""

    code = "error"


class UnknownAccount(DuecourseError):
    """No account of that id is registered: register it first."""

    code = "unknown_account"


class Malformed(DuecourseError):
    """The message has not the shape that the contract asks for: correct it and send it again."""

    code = "malformed"


class Refused(DuecourseError):
    """The message is well formed and was refused; the words say why."""

    def __init__(self, refusal: Refusal) -> None:
        """Take the refusal's code and words."""
        super().__init__(refusal.words)
        self.code = refusal.code


class NotCollected(DuecourseError):
    """No workflow collects the account, so nothing can be asked of it: start it first, or it has ended."""

    code = "not_collected"


class EngineUnavailable(DuecourseError):
    """Temporal or its workers did not answer in time. A fact is kept and delivered later; repeat a request."""

    code = "engine_unavailable"
