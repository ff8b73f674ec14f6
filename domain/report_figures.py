"""The figures of a report, portfolio by portfolio. How they are reckoned is in ``reports``."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.recovery import Recovery, percent
from domain.terms import Channel, Stage

DISPUTE = "dispute"
"""The category of a complaint that says that the debt is not right; it counts for itself."""


@dataclass(frozen=True, slots=True)
class RecoveryOf:
    """The recovery of the accounts that share a cohort, stage or track."""

    key: str
    recovery: Recovery


@dataclass(frozen=True, slots=True)
class RecoveryCurve:
    """How recovery of a cohort grew with the age of the goal's time."""

    cohort: str
    steps: int
    """Into how many equal steps the goal's time is divided."""
    percents: tuple[float, ...]
    """The share of what fell due, at the beginning and after each step, of the accounts that are so old; it ends
    when those are fewer than half."""


@dataclass(frozen=True, slots=True)
class StageRoll:
    """What became of the accounts that came as far as a stage. The five fates add up to ``reached``."""

    stage: Stage
    reached: int
    moved_on: int
    """Went on to a later stage."""
    cured: int
    """Ended here with the arrears paid."""
    settled: int
    """Ended here with all that was owed paid."""
    ended_unpaid: int
    """Ended here in another way."""
    still_here: int
    received_minor: int
    """Payments that arrived while accounts were in this stage."""

    @property
    def roll_percent(self) -> float | None:
        """The share that went on to a later stage."""
        return percent(self.moved_on, self.reached)

    @property
    def paid_percent(self) -> float | None:
        """The share that ended here by paying."""
        return percent(self.cured + self.settled, self.reached)


@dataclass(frozen=True, slots=True)
class PromiseFigures:
    """Promises to pay, and what became of them."""

    taken: int
    kept: int
    partly_kept: int
    broken: int
    open: int

    @property
    def kept_percent(self) -> float | None:
        """The share kept whole of those whose time is over."""
        return percent(self.kept, self.taken - self.open)


@dataclass(frozen=True, slots=True)
class ComplaintsOf:
    """The complaints of one category."""

    category: str
    filed: int
    upheld: int
    """Wholly or in part."""
    rejected: int
    open: int


@dataclass(frozen=True, slots=True)
class ComplaintFigures:
    """Complaints by category, and their rates; disputes of the debt are in the table and not in the rates."""

    categories: tuple[ComplaintsOf, ...]
    accounts: int
    contacts: int

    @property
    def filed(self) -> int:
        """Complaints, disputes not counted."""
        return sum(each.filed for each in self._complaints)

    @property
    def per_100_accounts(self) -> float | None:
        """Complaints to every 100 accounts."""
        return percent(self.filed, self.accounts)

    @property
    def per_1000_contacts(self) -> float | None:
        """Complaints to every 1,000 contacts."""
        return percent(10 * self.filed, self.contacts)

    @property
    def upheld_percent(self) -> float | None:
        """The share of decided complaints that were right, wholly or in part."""
        upheld = sum(each.upheld for each in self._complaints)
        return percent(upheld, upheld + sum(each.rejected for each in self._complaints))

    @property
    def _complaints(self) -> list[ComplaintsOf]:
        return [each for each in self.categories if each.category != DISPUTE]


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """The contacts of one channel, and the money that came in after them."""

    channel: Channel
    contacts: int
    arrived: int
    """Delivery is proved or, of a call, people talked."""
    received_minor: int
    """Payments before which the account's last contact was one of these."""

    def contacts_per(self, amount_minor: int) -> float | None:
        """How many contacts were made for every such amount that came in after them; none where nothing came in."""
        return round(self.contacts * amount_minor / self.received_minor, 2) if self.received_minor else None


@dataclass(frozen=True, slots=True)
class PortfolioReport:
    """The figures of all accounts in one currency that are collected under one policy."""

    policy: str
    currency: str
    whole: Recovery
    received_minor: int
    """All payments that held."""
    by_cohort: tuple[RecoveryOf, ...]
    by_stage: tuple[RecoveryOf, ...]
    by_track: tuple[RecoveryOf, ...]
    goal_time: timedelta
    """The longest goal's time of these accounts, over which the curves run."""
    curves: tuple[RecoveryCurve, ...]
    rolls: tuple[StageRoll, ...]
    promises: PromiseFigures
    complaints: ComplaintFigures
    channels: tuple[ChannelFigures, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All portfolios as known at a moment."""

    as_of: datetime
    portfolios: tuple[PortfolioReport, ...]
