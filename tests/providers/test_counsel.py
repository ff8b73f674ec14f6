"""What every way to counsel promises: whole, once by its key, acknowledged; and how each says what went wrong."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from providers.counsel import (
    Counsel,
    CounselEndpoint,
    CounselFolder,
    CounselRefused,
    CounselUnavailable,
    Parcel,
)
from tests.standins.counsel_standin import SECRET, CounselStandIn
from tests.standins.fault_proxy import Fault

REFERRAL = Parcel("referral-acc-1-1", "referral", "application/zip", b"PK\x03\x04 sealed")
NOTICE = Parcel("notice-acc-1-1", "payment", "application/json", b"{}\n")


@pytest.fixture
def standin() -> Iterator[CounselStandIn]:
    with CounselStandIn() as running:
        yield running


@pytest.fixture
def endpoint(standin: CounselStandIn) -> CounselEndpoint:
    return CounselEndpoint(standin.base_url, SECRET)


@pytest.fixture(params=["folder", "endpoint"])
def counsel(request: pytest.FixtureRequest, tmp_path: Path) -> Counsel:
    """Each way to counsel."""
    if request.param == "folder":
        return CounselFolder(tmp_path / "legal")
    endpoint: CounselEndpoint = request.getfixturevalue("endpoint")
    return endpoint


def test_handing_over_again_is_acknowledged_as_the_first_time(counsel: Counsel) -> None:
    assert counsel.hand_over(REFERRAL) == counsel.hand_over(REFERRAL)


def test_a_folder_holds_each_thing_once_whole_under_its_key(tmp_path: Path) -> None:
    counsel = CounselFolder(tmp_path / "legal")
    for parcel in (REFERRAL, NOTICE, REFERRAL):
        counsel.hand_over(parcel)
    kept = {path.name: path.read_bytes() for path in (tmp_path / "legal").iterdir() if path.is_file()}
    assert kept == {"referral-acc-1-1.zip": REFERRAL.content, "notice-acc-1-1.json": NOTICE.content}


def test_a_folder_that_cannot_be_written_took_nothing(tmp_path: Path) -> None:
    (tmp_path / "legal").write_text("no folder")
    with pytest.raises(CounselUnavailable) as told:
        CounselFolder(tmp_path / "legal").hand_over(REFERRAL)
    assert not told.value.may_have_arrived


def test_an_endpoint_takes_it_once_signed_with_its_kind_and_its_receipt_is_the_answer(
    standin: CounselStandIn, endpoint: CounselEndpoint
) -> None:
    receipt = endpoint.hand_over(REFERRAL)
    endpoint.hand_over(REFERRAL)
    assert list(standin.taken) == [REFERRAL.key]
    taken = standin.taken[REFERRAL.key]
    assert (taken.kind, taken.content, taken.receipt_id) == ("referral", REFERRAL.content, receipt)


def test_an_endpoint_refuses_a_repetition_with_another_body_and_a_person_must_look(endpoint: CounselEndpoint) -> None:
    endpoint.hand_over(REFERRAL)
    with pytest.raises(CounselRefused, match="key_reused"):
        endpoint.hand_over(replace(REFERRAL, content=b"another"))


def test_a_wrong_secret_is_mended_and_tried_again(standin: CounselStandIn) -> None:
    with pytest.raises(CounselUnavailable, match="HTTP 401") as told:
        CounselEndpoint(standin.base_url, "another secret").hand_over(REFERRAL)
    assert not told.value.may_have_arrived
    assert standin.taken == {}


@pytest.mark.parametrize("fault", [Fault.ACCEPTED_THEN_CUT, Fault.ACCEPTED_THEN_500, Fault.CUT_BEFORE])
def test_after_a_broken_answer_it_may_have_arrived_and_the_next_attempt_tells(
    standin: CounselStandIn, endpoint: CounselEndpoint, fault: Fault
) -> None:
    standin.fail_next(fault)
    with pytest.raises(CounselUnavailable) as told:
        endpoint.hand_over(REFERRAL)
    assert told.value.may_have_arrived
    endpoint.hand_over(REFERRAL)
    assert list(standin.taken) == [REFERRAL.key]


def test_where_nobody_listens_nothing_arrived() -> None:
    with pytest.raises(CounselUnavailable) as told:
        CounselEndpoint("http://127.0.0.1:9", SECRET).hand_over(REFERRAL)
    assert not told.value.may_have_arrived


@pytest.mark.parametrize("code", ["王小明", "a" * 65, "no such person"])
def test_counsels_words_never_become_a_code(standin: CounselStandIn, endpoint: CounselEndpoint, code: str) -> None:
    standin.refuse_with = code
    with pytest.raises(CounselRefused, match=r"^http_422$"):
        endpoint.hand_over(REFERRAL)


@pytest.mark.parametrize(
    "answer",
    [
        Response(),
        HTMLResponse("<html>Please log in</html>"),
        Response(status_code=204),
        JSONResponse({"receipt_id": ""}),
        JSONResponse({"receipt_id": "r-1"}, 206),
        JSONResponse({"receipt_id": "r-1"}, 302),
    ],
)
def test_only_a_receipt_is_an_acknowledgement(
    standin: CounselStandIn, endpoint: CounselEndpoint, answer: Response
) -> None:
    standin.answer_with = answer
    with pytest.raises(CounselUnavailable):
        endpoint.hand_over(REFERRAL)
