"""Intents and accounts, as the tests of the adapters need them."""

from datetime import UTC, datetime, timedelta

from domain.messages import Words
from domain.terms import Channel
from providers.port import ContactIntent
from providers.sendgrid_email import SendGridAccount
from providers.twilio_http import TwilioAccount
from tests.standins import sendgrid_double, twilio_double

VALID_NUMBER = "+8613800138000"
VALID_EMAIL = "wang.fang@example.cn"
POSTAL_ADDRESS = "200031\n上海市徐汇区淮海中路 999 号 8 栋 1203 室\n王芳 女士 收"

ADDRESSES = {
    Channel.SMS: VALID_NUMBER,
    Channel.VOICE: VALID_NUMBER,
    Channel.EMAIL: VALID_EMAIL,
    Channel.LETTER: POSTAL_ADDRESS,
}

LETTER_TEXT = """# 分付消费金融有限公司

尊敬的王芳女士：

您的账户有一期款项已过还款日。

逾期本金 | ¥1,200.00
利息 | ¥34.56
= 逾期金额合计 | ¥1,234.56

> 2026 年 11 月 24 日
"""


def utc_now() -> datetime:
    """The host's time, which outside of Temporal is the only one."""
    return datetime.now(UTC)


def make_intent(
    channel: Channel,
    *,
    contact_id: str = "contact-0001",
    to: str | None = None,
    language: str = "zh-CN",
    text: str | None = None,
    html: str = "",
    valid_for: timedelta = timedelta(hours=3),
) -> ContactIntent:
    """A message to one person; its text names the contact, as the link in every message does."""
    return ContactIntent(
        contact_id=contact_id,
        channel=channel,
        to=ADDRESSES[channel] if to is None else to,
        language=language,
        words=Words(
            template_id=f"{language}/demand/first_reminder.{channel}",
            template_version="1",
            text=_text(channel, contact_id) if text is None else text,
            subject="关于您账户的通知",
            html=html,
        ),
        valid_until=utc_now() + valid_for,
    )


def twilio_account(
    base_url: str, *, auth_token: str = twilio_double.AUTH_TOKEN, timeout_seconds: float = 10.0
) -> TwilioAccount:
    """The account that the stand-in knows."""
    return TwilioAccount(twilio_double.ACCOUNT_SID, auth_token, twilio_double.FROM_NUMBER, base_url, timeout_seconds)


def sendgrid_account(
    base_url: str,
    *,
    api_key: str = sendgrid_double.API_KEY,
    from_email: str = sendgrid_double.FROM_EMAIL,
    timeout_seconds: float = 10.0,
) -> SendGridAccount:
    """The account that the stand-in knows."""
    return SendGridAccount(api_key, from_email, base_url, timeout_seconds)


def _text(channel: Channel, contact_id: str) -> str:
    if channel is Channel.LETTER:
        return LETTER_TEXT
    return f"【分付】您有一期款项已过还款日，应还 ¥1,234.56。详情与求助：https://pay.example.cn/r/{contact_id}"
