"""A referral file with something in every part, for tests of its pages and its package."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.referral_document import (
    AccountStatement,
    Agreement,
    Amounts,
    ApprovalLine,
    Checklist,
    ChecklistLine,
    ChoiceLine,
    ComplaintLine,
    ContactLine,
    Creditor,
    DebtorParty,
    FindingLine,
    HoldLine,
    InstalmentLine,
    KnownAddress,
    NoticeLine,
    PlanLine,
    PlanPayment,
    PromiseLine,
    ProofLine,
    ReferralDocument,
    RemedyLine,
    StatementLine,
    ToldLine,
    TrailHead,
)

DAY = datetime(2027, 3, 2, 1, 30, tzinfo=UTC)
"""09:30 in Beijing."""

LETTER = """# 示例小额贷款有限公司
# 示例市示例区示例路1号

> 2027年6月3日

王小明 先生/女士：

这是一份正式的书面通知。

本金 | ¥1,000.00
利息 | ¥200.00
费用 | ¥34.56
= 目前逾期合计 | ¥1,234.56

如有疑问，请致电 400 000 0000。"""


def day(number: int) -> datetime:
    """A moment so many days after the first contact."""
    return DAY + timedelta(days=number)


def amounts(principal: str, interest: str, fees: str, total: str) -> Amounts:
    """An amount by its components."""
    return Amounts(principal=principal, interest=interest, fees=fees, total=total)


OWED = amounts("1000.00", "200.00", "34.56", "1234.56")
LEFT = amounts("1000.00", "134.56", "0.00", "1134.56")
NOTHING = amounts("0.00", "0.00", "0.00", "0.00")


def line(kind: str, changed: Amounts, **changes: Any) -> StatementLine:
    """One line of the statement."""
    plain = dict.fromkeys(("since", "until", "entry_id", "effective_at", "booked_at", "reverses"))
    return StatementLine(kind=kind, amounts=changed, unallocated="0.00", **{**plain, **changes})


def contact(number: int, channel: str, stage: str, words: str, **changes: Any) -> ContactLine:
    """One contact that left."""
    plain: dict[str, Any] = {
        "number": number,
        "contact_id": f"acc-1.{number}",
        "at": day(number * 7),
        "channel": channel,
        "direction": "outbound",
        "message_class": "demand",
        "occasion": stage,
        "stage": stage,
        "status": "sent",
        "connected": None,
        "conversation": None,
        "simulated": False,
        "arrived_at": None,
        "to": "+8613800138000",
        "provider": "twilio",
        "provider_reference": f"SM{number}",
        "template": f"zh-CN/demand/{stage}.{channel}",
        "rules_version": "f00d",
        "subject": "",
        "words": words,
        "words_sha256": f"{number:064x}",
    }
    return ContactLine(**{**plain, **changes})


def referral_file(**changes: Any) -> ReferralDocument:
    """The file of a plain account."""
    return ReferralDocument(**{**_plain(), **changes})


def _plain() -> dict[str, Any]:
    proof = ProofLine(kind="arrival", reference="acc-1.3", at="2027-03-25T01:30:00Z", digest=f"{3:064x}")
    return {
        "referral_id": "referral-acc-1-1",
        "account_id": "acc-1",
        "drawn_up_at": day(170),
        "creditor": Creditor(
            name="示例小额贷款有限公司",
            collector="示例小额贷款有限公司",
            role="first_party",
            postal_address="示例市示例区示例路1号 邮编100000",
            phone="400 000 0000",
            email="complaints@lender.example",
        ),
        "debtor": DebtorParty(
            debtor_id="deb-1",
            name="王小明",
            language="zh-CN",
            time_zone="Asia/Shanghai",
            addresses=(
                KnownAddress(kind="phone", value="+8613800138000", usable=True),
                KnownAddress(kind="email", value="deb-1@example.com", usable=False),
                KnownAddress(kind="postal", value="北京市朝阳区示例路1号", usable=True),
            ),
        ),
        "agreement": Agreement(
            product="分期购",
            currency="CNY",
            jurisdiction="CN",
            registered_at=day(-1),
            policy="fenfu-cn",
            policy_version="0123456789abcdef0123456789abcdef",
        ),
        "statement": AccountStatement(
            as_of=day(170),
            arrears=LEFT,
            balance=LEFT,
            owed=OWED,
            charged=amounts("0.00", "10.00", "0.00", "10.00"),
            paid="110.00",
            waived=NOTHING,
            credit="0.00",
            instalments=(
                InstalmentLine(
                    number=1,
                    due_date=date(2027, 3, 1),
                    owed=OWED,
                    charged=amounts("0.00", "10.00", "0.00", "10.00"),
                    left=LEFT,
                ),
            ),
            lines=(
                line("late_interest", amounts("0.00", "10.00", "0.00", "10.00"), since=date(2027, 3, 2)),
                line("payment", amounts("0.00", "-75.44", "-34.56", "-110.00"), entry_id="pay-1", effective_at=day(20)),
            ),
        ),
        "contacts": (
            contact(1, "sms", "first_reminder", "【示例小额贷款有限公司】您的分期购已逾期1天，合计1,234.56元。"),
            contact(2, "call", "escalation", "", provider=None, template=None, connected=False),
            contact(
                3, "letter", "pre_legal", LETTER, status="delivered", arrived_at=day(23), subject="关于您账户的书面通知"
            ),
        ),
        "notices": (
            NoticeLine(
                notice="final_notice",
                contact_id="acc-1.3",
                channel="letter",
                sent_at=day(21),
                arrived_at=day(23),
                deadline=None,
                state="delivered",
            ),
        ),
        "complaints": (
            ComplaintLine(
                complaint_id="complaint-1",
                category="fees",
                filed_at=day(30),
                text="我认为费用不对。",
                agent_id=None,
                outcome="partly_upheld",
                remedy=None,
                decided_at=day(40),
                decided_by="head-1",
                remedies=(
                    RemedyLine(kind="correct_balance", component="fees", amount="12.00"),
                    RemedyLine(kind="apologise"),
                ),
                explanation="多收的费用已经退回。",
            ),
        ),
        "promises": (
            PromiseLine(
                promise_id="promise-1", amount="100.00", taken_at=day(14), until=day(22), outcome="promise_kept"
            ),
        ),
        "plans": (
            PlanLine(
                plan_id="plan-1",
                agreed_at=day(50),
                instalments=(
                    PlanPayment(due_at=day(60), amount="567.28"),
                    PlanPayment(due_at=day(90), amount="567.28"),
                ),
                outcome="plan_broken",
            ),
        ),
        "holds": (
            HoldLine(kind="hardship", hold_id="hard-1", reason="job_lost", since=day(5), until=day(12), ended_at=None),
        ),
        "choices": (ChoiceLine(channel="voice", address_ref="*", allowed=False, at=day(3)),),
        "checklist": Checklist(
            digest="0123456789abcdef0123456789abcdef",
            opened_at=day(169),
            items=(
                ChecklistLine(
                    name="final_notice_delivered",
                    fulfilled=True,
                    evidence="已证明送达（信函）：acc-1.3",
                    findings=(
                        FindingLine(says="notice_arrived", values={"channel": "letter", "reference": "acc-1.3"}),
                    ),
                    proofs=(proof,),
                ),
                ChecklistLine(
                    name="no_open_hold",
                    fulfilled=True,
                    evidence="没有进行中的事项",
                    findings=(FindingLine(says="no_hold", values={}),),
                ),
            ),
        ),
        "approvals": (
            ApprovalLine(
                referral_id="referral-acc-1-1",
                approved=True,
                decided_by="head-of-collections",
                authority=5,
                decided_at=day(169),
                reason_code="read_and_agreed",
            ),
        ),
        "told": (
            ToldLine(
                name="record_payment",
                message_id="event-1",
                booked_at=day(20),
                body={"event_id": "event-1", "payment_id": "pay-1", "amount": "100.00", "currency": "CNY"},
            ),
        ),
        "trail_head": TrailHead(number=42, hash="ab" * 32),
    }
