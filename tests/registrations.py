"""A plain account to register, for tests that name only what matters to them."""

from datetime import date
from typing import Any

from domain.registration import OwedInstalment, Registration


def registration(account_id: str = "acc-1", debtor_id: str = "deb-1", **changes: Any) -> Registration:
    """A plain account in China that owes 1,234.56 in one instalment due on 4 January 2027."""
    plain: dict[str, Any] = {
        "account_id": account_id,
        "debtor_id": debtor_id,
        "debtor_name": "王小明",
        "phone": "+8613800138000",
        "email": f"{debtor_id}@example.com",
        "postal_address": "北京市朝阳区示例路1号",
        "language": "zh-CN",
        "time_zone": "Asia/Shanghai",
        "jurisdiction": "CN",
        "product": "分期购",
        "currency": "CNY",
        "instalments": (owed("2027-01-04"),),
        "policy": "fenfu-cn",
    }
    return Registration.model_validate(plain | changes)


def owed(due: str, principal: str = "1000.00", interest: str = "200.00", fees: str = "34.56", number: int = 1) -> Any:
    """One instalment; 1,234.56 in all unless told otherwise."""
    return OwedInstalment(
        number=number, due_date=date.fromisoformat(due), principal=principal, interest=interest, fees=fees
    )
