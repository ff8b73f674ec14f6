"""What the contract says of paying late, as an account is registered with it."""

from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.late_charges import DayCount, Terms
from domain.money import parse_minor
from domain.written import Form

AnnualPercent = Annotated[str, Form(r"^[0-9]{1,3}(\.[0-9]{1,4})?$", "a percentage a year, such as 18 or 18.25")]
FeeAmount = Annotated[str, Form(r"^[0-9]{1,15}(\.[0-9]{1,4})?$", "a decimal such as 15.00")]
LenderType = Annotated[str, Form(r"^([a-z][a-z0-9_]{1,39})?$", "a kind of lender as the jurisdiction's caps name it")]


class LateTerms(BaseModel):
    """The rate and the fee of one account. An account without any accrues nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    annual_percent: AnnualPercent
    """Of the overdue principal, from the day after the due date through the day of payment."""
    contract_date: date
    day_count: DayCount = DayCount.ACTUAL_365
    fee: FeeAmount = "0.00"
    """Once for each instalment that is still unpaid after ``fee_after_days``."""
    fee_after_days: Annotated[int, Field(ge=0, le=366)] = 0
    lender_type: LenderType = ""
    """Empty when it is not known: the jurisdiction's strictest cap then binds."""

    def reckoned_in(self, currency: str) -> Terms:
        """The terms as late charges are reckoned by them."""
        return Terms(
            annual_percent=Fraction(self.annual_percent),
            contract_date=self.contract_date,
            lender_type=self.lender_type,
            day_count=self.day_count,
            fee_minor=parse_minor(self.fee, currency),
            fee_after_days=self.fee_after_days,
        )
