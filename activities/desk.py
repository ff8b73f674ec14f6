"""What every activity has at hand when it deals with one account: the records, its policy and its rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from activities.accruals import accrual_of
from activities.typed_words import TypedWords
from domain.jurisdiction import Pack
from domain.ledger import Entry, Statement
from domain.orders import Refusal
from domain.policy import Policy
from domain.statements import statement
from domain.training import Course
from storage.accounts import lock_account
from storage.ledgers import read_entries, read_instalments, read_statement
from storage.policies import kept_policy
from storage.tables import Account, Debtor

Clock = Callable[[], datetime]
"""Tells the moment, aware UTC."""


class RefusedError(Exception):
    """A message or step that the records do not allow."""

    def __init__(self, code: str, words: str) -> None:
        """Say why, by a code for machines and in words for people."""
        super().__init__(words)
        self.refusal = Refusal(code, words)


@dataclass(frozen=True)
class Library:
    """The policies, jurisdiction packs and courses that this worker was started with."""

    policies: Mapping[str, Policy]
    packs: Mapping[str, Pack]
    courses: Mapping[str, Course] = field(default_factory=dict)
    """How agents are trained, by country."""
    typed_words: TypedWords | None = None
    """What agents must not write to people; none where nobody is written to."""
    simulated_counts: bool = False
    """Whether messages that reached nobody count towards a referral, as they do in the dev profile only."""
    _kept: dict[str, Policy] = field(default_factory=dict, repr=False, compare=False)
    """Policies by version, which never change, as cases needed them."""

    def policy(self, session: Session, account: Account) -> Policy:
        """The policy that the account's case started with, or the one it will start with."""
        version = account.policy_version
        if version is None:
            return self.policy_named(account.policy)
        if version not in self._kept:
            self._kept[version] = kept_policy(session, version)
        return self._kept[version]

    def policy_named(self, name: str) -> Policy:
        """The policy as its file has it now.

        Raises:
            RefusedError: if there is no file of that name.
        """
        policy = self.policies.get(name)
        if policy is None:
            known = ", ".join(sorted(self.policies))
            raise RefusedError("unknown_policy", f"there is no policy {name}; there are {known}")
        return policy

    def default_policy(self, country: str, currency: str, language: str) -> Policy:
        """The one policy for real people that fits, for accounts that name none.

        Raises:
            RefusedError: if none fits, or several do.
        """
        fitting = [
            policy
            for policy in self.policies.values()
            if not policy.demonstration and policy.refusal_of(country, currency, language) is None
        ]
        if len(fitting) != 1:
            names = ", ".join(sorted(policy.name for policy in fitting)) or "none"
            words = f"name a policy: those for {country}, {currency} and {language} are {names}"
            raise RefusedError("policy_not_named", words)
        return fitting[0]

    def statement(self, session: Session, account: Account, as_of: datetime) -> Statement:
        """What is owed on an account at a moment, for who only looks: nobody is locked.

        Raises:
            RefusedError: if its policy or jurisdiction is not known here.
        """
        policy, pack = self.policy(session, account), self.pack(account.jurisdiction)
        accrual = accrual_of(session, account, policy, pack, as_of, booked_by=as_of)
        return read_statement(session, account.account_id, policy.payment_order, accrual, booked_by=as_of)

    def pack(self, jurisdiction: str) -> Pack:
        """The rules of a jurisdiction such as ``CN`` or ``US-MA``.

        Raises:
            RefusedError: if there is no pack for it; nobody is contacted under unknown rules.
        """
        pack = self.packs.get(jurisdiction.partition("-")[0])
        if pack is None:
            known = ", ".join(sorted(self.packs))
            raise RefusedError("unknown_jurisdiction", f"there are no rules for {jurisdiction}; there are {known}")
        return pack

    def course(self, jurisdiction: str) -> Course:
        """The course for agents who call in a jurisdiction such as ``CN`` or ``US-MA``.

        Raises:
            RefusedError: if there is none; nobody calls where nobody was trained.
        """
        course = self.courses.get(jurisdiction.partition("-")[0])
        if course is None:
            known = ", ".join(sorted(self.courses)) or "none"
            words = f"there is no course for agents in {jurisdiction}; there are {known}"
            raise RefusedError("unknown_course", words)
        return course


@dataclass(frozen=True)
class Desk:
    """One account, locked with its person, inside a writing transaction."""

    session: Session
    account: Account
    debtor: Debtor
    policy: Policy
    pack: Pack
    now: datetime

    @classmethod
    def open(cls, session: Session, library: Library, account_id: str, clock: Clock) -> "Desk":
        """Lock the account and lay out what belongs to it. The clock is read when the lock is held.

        Raises:
            UnknownAccountError: if it is not registered.
            RefusedError: if its policy or jurisdiction is not known here.
        """
        account, debtor = lock_account(session, account_id)
        policy = library.policy(session, account)
        return cls(session, account, debtor, policy, library.pack(account.jurisdiction), clock())

    def beside(self, account: Account, library: Library) -> "Desk":
        """Another account of the same person, in the same transaction."""
        policy, pack = library.policy(self.session, account), library.pack(account.jurisdiction)
        return replace(self, account=account, policy=policy, pack=pack)

    def statement(self, as_of: datetime | None = None) -> Statement:
        """The account as its ledger has it now, or had it at an earlier moment, by what was booked then."""
        accrual = accrual_of(self.session, self.account, self.policy, self.pack, as_of or self.now, as_of)
        order, account_id = self.policy.payment_order, self.account.account_id
        return read_statement(self.session, account_id, order, accrual, booked_by=as_of)

    def statement_with(self, entry: Entry, moment: datetime) -> Statement:
        """The account through the day of a moment, if that were booked too."""
        account_id = self.account.account_id
        accrual = accrual_of(self.session, self.account, self.policy, self.pack, moment)
        entries = [*read_entries(self.session, account_id), entry]
        return statement(read_instalments(self.session, account_id), entries, self.policy.payment_order, accrual)

    def statement_through(self, moment: datetime) -> Statement:
        """The account with everything that is booked, and late charges through the day of a moment."""
        accrual = accrual_of(self.session, self.account, self.policy, self.pack, moment)
        return read_statement(self.session, self.account.account_id, self.policy.payment_order, accrual)
