"""The outbox: what it writes, how plainly it says that nothing was sent, and who can read it."""

import email
from email import policy
from pathlib import Path

import pytest
from pypdf import PdfReader

from domain.terms import Channel
from providers.outbox import Outbox
from providers.port import Accepted, NeverTaken, Rejected, RejectionKind
from tests.providers.builders import POSTAL_ADDRESS, VALID_EMAIL, VALID_NUMBER, make_intent, utc_now


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_a_text_begins_with_the_word_that_it_was_not_sent(tmp_path: Path, channel: Channel) -> None:
    intent = make_intent(channel)
    Outbox(tmp_path).send(intent)
    kept = (tmp_path / channel / "contact-0001.txt").read_text()
    assert kept.startswith("NOT SENT. Kept in the outbox in place of Twilio")
    assert VALID_NUMBER in kept
    assert kept.rstrip().endswith(intent.words.text)


def test_an_email_says_that_it_was_not_sent_in_its_subject_and_first_line(tmp_path: Path) -> None:
    Outbox(tmp_path).send(make_intent(Channel.EMAIL, html="<p>您好</p>"))
    kept = email.message_from_bytes((tmp_path / "email" / "contact-0001.eml").read_bytes(), policy=policy.default)
    assert kept["Subject"] == "[NOT SENT] 关于您账户的通知"
    assert kept["To"] == VALID_EMAIL
    text, html = kept.iter_parts()
    assert text.get_content().startswith("NOT SENT. Kept in the outbox in place of SendGrid")
    assert html.get_content().strip() == "<p>您好</p>"


def test_a_letter_says_on_its_page_that_it_was_not_sent(tmp_path: Path) -> None:
    Outbox(tmp_path).send(make_intent(Channel.LETTER))
    page = PdfReader(tmp_path / "letter" / "contact-0001.pdf").pages[0].extract_text()
    assert "NOTSENT.Keptintheoutboxinplaceofaprintservice" in "".join(page.split())
    assert all(line in page for line in POSTAL_ADDRESS.splitlines())


def test_what_is_kept_counts_as_simulated(tmp_path: Path) -> None:
    result = Outbox(tmp_path).send(make_intent(Channel.SMS))
    assert result == Accepted("outbox", "sms/contact-0001.txt", simulated=True)


def test_addresses_can_be_read_by_the_worker_alone(tmp_path: Path) -> None:
    Outbox(tmp_path).send(make_intent(Channel.SMS))
    assert (tmp_path / "sms").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "sms" / "contact-0001.txt").stat().st_mode & 0o777 == 0o600


def test_a_contacts_message_is_written_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.send(make_intent(Channel.SMS, text="the earlier words"))
    outbox.send(make_intent(Channel.SMS, text="the later words"))
    assert "the earlier words" in (tmp_path / "sms" / "contact-0001.txt").read_text()
    assert len(list((tmp_path / "sms").iterdir())) == 1


def test_a_draft_left_by_a_crash_is_no_message(tmp_path: Path) -> None:
    (tmp_path / "sms").mkdir()
    (tmp_path / "sms" / ".contact-0001.part").write_text("half of")
    assert Outbox(tmp_path).lookup(make_intent(Channel.SMS), utc_now()) is NeverTaken.NEVER_TAKEN


def test_a_contacts_id_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot name a file"):
        Outbox(tmp_path / "outbox").send(make_intent(Channel.SMS, contact_id="../escaped"))
    assert not list(tmp_path.rglob("escaped*"))


def test_a_letter_that_no_font_can_print_is_refused_and_leaves_the_address_usable(tmp_path: Path) -> None:
    result = Outbox(tmp_path).send(make_intent(Channel.LETTER, to="\U00013000 Street"))
    assert result == Rejected(RejectionKind.NOT_ALLOWED, "letter_not_set")
