"""A case keeps the policy that it started with, whatever becomes of the file."""

import shutil
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from tests.workflows.house import POLICIES, open_house


async def test_an_edited_policy_file_binds_new_cases_and_bends_no_running_one(
    time_skipping: WorkflowEnvironment, tmp_path: Path
) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(POLICIES, policies)
    # Without a cache, so that the server does not wait for these workers when others have taken their place.
    async with open_house(time_skipping, tmp_path, policies=policies, max_cached_workflows=0) as house:
        running = await house.collect(house.overdue("acc-running"))
        await house.until_day(9)
        version = (await house.status(running))["policy_version"]
        house.let_run_on()

    file = policies / "fenfu-cn.yaml"
    file.write_text(file.read_text().replace("cadence: 7d", "cadence: 2d"))
    async with open_house(time_skipping, tmp_path, policies=policies) as house:
        new = await house.collect(house.overdue("acc-new", "somebody-else"))
        await house.until_day(16)
        assert house.diary(running) == [
            "day 1 sms first_reminder",
            "day 8 voice first_reminder",
            "day 15 sms first_reminder",
        ]
        assert house.days_of_demands(new) == [9, 11, 13, 15]
        assert (await house.status(running))["policy_version"] == version
        assert (await house.status(new))["policy_version"] != version
        await house.pay(running, "1234.56")
        assert await house.ended(running)
