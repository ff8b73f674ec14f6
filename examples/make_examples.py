"""Writes the example files beside it: overdue accounts as they come in life, and the instalments of a few of them.

Nobody in them exists. Telephone numbers are of ranges kept for fiction or of an obviously made-up pattern, email
addresses lead nowhere. The same seed and the same day make the same files, so run it again after a change only.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
TODAY = date(2026, 11, 24)
"""The day on which the accounts were exported; everything is overdue by then."""

ROWS = 200
_COLUMNS = (
    "account_id,debtor_id,debtor_name,phone,email,postal_address,language,time_zone,jurisdiction,product,currency,"
    "principal,interest,fees,due_date"
)
_INSTALMENT_COLUMNS = "account_id,number,due_date,principal,interest,fees"

Row = dict[str, str]

_CHINESE_NAMES = (
    "王小明 李静 张伟 刘洋 陈思远 杨柳 赵雅芝 黄河 周杰 吴敏 徐立 孙悦 胡一凡 朱琳 高山 林晓 何平 郭晨 马跃 罗兰 "
    "梁宇 宋佳 郑重 谢婷 韩雪 唐果 冯宁 于海 董洁 萧然 程诺 曹颖 袁野 邓超凡 许愿 傅雷鸣 沈默 曾珍 彭飞 吕布衣 苏醒 "
    "卢山 蒋欣 蔡明 贾玲珑 丁一 魏晨曦 薛之 叶子 阎锐 余欢 欧阳静远 司马青衫 上官婉 诸葛小亮 丹 阿依古丽·买买提 "
    "买买提江·艾山·阿不都热合曼 扎西多吉 乌云其木格 次仁卓嘎 王㛃"
)
_ENGLISH_NAMES = (
    "Maria Lopez,James O'Brien,Aisha Khan,Li,Siobhán O'Sullivan,Jean-Luc d'Arcy,María José Fernández,"
    "Bartholomew Featherstonehaugh-Cholmondeley,Nguyễn Thị Minh Khai,Ethan Brown,Grace Kim,Noah Schwartz,Olivia Rossi,"
    "Tyrone Washington,Keanu Kealoha,Priya Raman,Sam Yellowhorse,Björn Ångström,Hannah Weiß,Omar Haddad,Chloe Dubois,"
    "Wei Zhang,Fatima Noor,Diego Ramírez,Emma Johansson,Kofi Mensah,Ana Silva,Lucas Meyer,Mia Novák,Ivan Petrov,"
    "Zoë van den Berg,Amir Rahimi,Rosa Parker,Henry Long,Ella Stone,Jack Hill,Lily Park,Owen Reed,Ruby West,Finn Cole,"
    "Nora Lane,Leo Moss,Ivy Dale,Max Frost,Eva Birch"
)
_CHINESE_PRODUCTS = ("手机分期", "家电分期", "教育分期", "装修分期", "分期购", "医美分期", "旅游分期")
_ENGLISH_PRODUCTS = ("Phone plan", "Furniture plan", "Laptop plan", "Dental plan", "Appliance plan", "Bike plan")
_CHINESE_CITIES = ("北京市朝阳区", "上海市浦东新区", "成都市武侯区")
_WESTERN_CITIES = ("乌鲁木齐市天山区", "喀什市")
_STATES = (
    ("US-CA", "America/Los_Angeles", "415", "Oakville, CA 94000"),
    ("US-NY", "America/New_York", "212", "New Haven Falls, NY 10000"),
    ("US-MA", "America/New_York", "617", "Fairport, MA 02000"),
    ("US-WA", "America/Los_Angeles", "206", "Cedar Point, WA 98000"),
    ("US-TX", "America/Chicago", "713", "Dry Creek, TX 77000"),
    ("US-FL", "America/New_York", "305", "Palm Key, FL 33000"),
    ("US-IL", "America/Chicago", "312", "Prairie View, IL 60000"),
    ("US-AZ", "America/Phoenix", "602", "Red Mesa, AZ 85000"),
    ("US-HI", "Pacific/Honolulu", "808", "Blue Bay, HI 96000"),
    ("US-AK", "America/Anchorage", "907", "Cold Harbor, AK 99000"),
)


@dataclass(frozen=True)
class Person:
    """Somebody who owes on one account or several."""

    columns: Row
    products: Sequence[str]
    smallest: int
    largest: int


def main() -> None:
    """Write both files."""
    random = Random(20261124)  # noqa: S311 - for examples, not for secrets
    accounts = list(_accounts(random))
    instalments = [each for number, row in enumerate(accounts[3:48:9], start=3) for each in _split(row, number % 3 + 2)]
    for place, row in _refused(accounts):
        accounts.insert(place, row)
    _write(HERE / "overdue.csv", _COLUMNS, accounts)
    _write(HERE / "instalments.csv", _INSTALMENT_COLUMNS, instalments)


def _accounts(random: Random) -> Iterator[Row]:
    """Good rows: the accounts of one person stand together as seldom as in life."""
    people = [*_chinese(random), *_american(random)]
    owners = [person for person in people for _ in range(random.choices((1, 2, 3, 4), (70, 20, 7, 3))[0])]
    random.shuffle(owners)
    wanted = ROWS - len(list(_refused([{}] * ROWS)))
    while len(owners) < wanted:
        owners.append(random.choice(people))
    for number, person in enumerate(owners[:wanted], start=1001):
        yield _account(random, f"acc-{number}", person)


def _account(random: Random, account_id: str, person: Person) -> Row:
    principal = Decimal(random.randint(person.smallest * 100, person.largest * 100)) / 100
    interest = (principal * random.randint(0, 6) / 100).quantize(Decimal("0.01"))
    fees = Decimal(random.choice((0, 0, 0, 5, 10, 25)))
    overdue = random.choices((random.randint(1, 14), random.randint(15, 60), random.randint(61, 240)), (5, 3, 2))[0]
    return {
        "account_id": account_id,
        **person.columns,
        "product": random.choice(person.products),
        "principal": f"{principal:.2f}",
        "interest": f"{interest:.2f}",
        "fees": f"{fees:.2f}",
        "due_date": (TODAY - timedelta(days=overdue)).isoformat(),
    }


def _chinese(random: Random) -> Iterator[Person]:
    for number, name in enumerate(_CHINESE_NAMES.split(), start=101):
        western = "·" in name or random.random() < 0.06
        city = random.choice(_WESTERN_CITIES if western else _CHINESE_CITIES)
        street = f"{city}示例路{random.randint(1, 88)}号{random.randint(1, 6)}单元{random.randint(101, 2004)}室"
        columns = _columns(random, f"person-{number}", name, f"+86199000{number:05d}", street)
        columns |= {"language": "zh-CN", "time_zone": _zone(western), "jurisdiction": "CN", "currency": "CNY"}
        yield Person(columns, _CHINESE_PRODUCTS, 80, 6000)


def _zone(western: bool) -> str:
    return "Asia/Urumqi" if western else "Asia/Shanghai"


def _american(random: Random) -> Iterator[Person]:
    for number, name in enumerate(_ENGLISH_NAMES.split(","), start=501):
        state, zone, area, town = _STATES[number % len(_STATES)]
        street = f"{random.randint(1, 999)} Example Street, Apt {random.randint(1, 40)}, {town}"
        columns = _columns(random, f"person-{number}", name, f"+1{area}55501{number % 100:02d}", street)
        columns |= {"language": "en", "time_zone": zone, "jurisdiction": state, "currency": "USD"}
        yield Person(columns, _ENGLISH_PRODUCTS, 20, 900)


def _columns(random: Random, debtor_id: str, name: str, phone: str, street: str) -> Row:
    """The person's own columns; not everybody has told every address."""
    return {
        "debtor_id": debtor_id,
        "debtor_name": name,
        "phone": phone if random.random() > 0.04 else "",
        "email": f"{debtor_id}@example.com" if random.random() > 0.15 else "",
        "postal_address": street if random.random() > 0.05 else "",
    }


def _refused(accounts: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """Rows that nobody should be contacted by, each wrong in its own way, and where they stand."""
    yield 12, {**accounts[30], "account_id": "acc-2001", "phone": "+861990000012"}
    yield 37, {**accounts[31], "account_id": "acc-2002", "principal": "-120.00"}
    yield 58, {**accounts[32], "account_id": "acc-2003", "due_date": ""}
    yield 83, {**accounts[33], "account_id": "13800138000"}
    yield 101, {**accounts[34], "account_id": "acc-2004", "debtor_id": "person-901", "time_zone": "Asia/Beijing"}
    yield 126, {**accounts[35], "account_id": "acc-2005", "currency": "EUR"}
    yield 149, {**accounts[36]}
    yield 177, {**accounts[37], "account_id": "acc-2006", "principal": "1,234.56"}


def _split(row: Row, parts: int) -> Iterator[Row]:
    """A row's debt as instalments a month apart, the last of which may not be due yet."""
    for number in range(1, parts + 1):
        first = date.fromisoformat(row["due_date"])
        shares = {name: _share(Decimal(row[name]), number, parts) for name in ("principal", "interest", "fees")}
        due = (first + timedelta(days=30 * (number - 1))).isoformat()
        yield {"account_id": row["account_id"], "number": str(number), "due_date": due, **shares}


def _share(total: Decimal, number: int, parts: int) -> str:
    even = (total / parts).quantize(Decimal("0.01"))
    return f"{even if number < parts else total - even * (parts - 1):.2f}"


def _write(path: Path, columns: str, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns.split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
