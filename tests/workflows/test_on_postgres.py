"""The core lives once more with the records on PostgreSQL: the very tests of the other modules."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from storage.database import Database
from tests.engine import time_skipping_engine
from tests.workflows import (
    test_bad_input,
    test_calls,
    test_channels,
    test_exactly_once,
    test_holds,
    test_paying,
    test_plans_and_promises,
    test_referral,
)
from tests.workflows.house import House, open_house


@pytest_asyncio.fixture(scope="module")
async def time_skipping_house(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One house for the module, with its records in PostgreSQL, which are dropped when it closes."""
    folder = tmp_path_factory.mktemp("house")
    async with time_skipping_engine() as engine, open_house(engine, folder, url=postgres_url) as house:
        yield house
    database = Database(postgres_url)
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.dispose()


test_paid_early = test_paying.test_an_account_paid_before_its_first_reminder_closes_without_a_word
test_paid_late = test_paying.test_an_account_paid_late_in_parts_is_reminded_until_all_is_paid
test_paid_too_much = test_paying.test_an_overpayment_closes_the_case_and_records_the_credit_that_is_owed_back
test_reopened = test_paying.test_a_reversed_payment_reopens_the_closed_case_under_the_same_id
test_paid_while_opening = test_paying.test_money_that_comes_while_the_case_opens_reaches_the_case
test_plan_kept = test_plans_and_promises.test_a_plan_that_is_kept_is_reminded_of_never_chased_and_closes_the_case
test_plan_broken = test_plans_and_promises.test_a_broken_plan_resumes_in_the_stage_that_it_left_when_no_other_was_agreed
test_complaint = test_holds.test_after_a_complaint_both_cases_resume_once_and_without_a_burst
test_hardship = test_holds.test_hardship_gives_every_case_of_the_person_time_and_ends_by_itself
test_call = test_calls.test_a_permit_reveals_which_number_to_dial_and_the_outcome_goes_on_the_record
test_caps = test_channels.test_two_accounts_of_one_person_share_the_caps
test_wrong_number = test_channels.test_a_wrong_number_is_used_no_more_for_anybody_who_has_it
test_referred = test_referral.test_a_life_from_the_due_date_to_the_referral_keeps_what_the_policy_promises
test_refused = test_bad_input.test_an_event_id_that_is_used_again_with_another_body_is_refused_by_every_way_in
test_at_once = test_exactly_once.test_thirty_payments_at_once_are_each_counted
test_while_closing = test_exactly_once.test_a_reversal_that_comes_while_the_case_closes_is_never_lost
test_told_by_two = test_exactly_once.test_a_fact_about_the_person_reaches_each_case_once_whichever_hears_it_again
