"""Invented banks, outlets and staff accounts; no bank, district or telephone number of these exists."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.utils import timezone

from cards.models import Bank, Outlet, SpecialHours, StaffProfile
from cards.rules import china_day
from cards.vocabulary import OutletKind

BANKS = (
    ("晨光示例银行", "Morning Light Example Bank", "95000-11"),
    ("青禾示例银行", "Green Field Example Bank", "95000-22"),
    ("远帆示例银行", "Far Sail Example Bank", "95000-33"),
)
DISTRICTS = {
    "云桥": ("云桥区", "Yunqiao District"),
    "南湾": ("南湾区", "Nanwan District"),
    "柳浦": ("柳浦区", "Liupu District"),
    "北原": ("北原区", "Beiyuan District"),
}
WEEK = "1-5 9:00-12:00 13:30-17:00"
WEEK_AND_SATURDAY = "1-5 9:00-17:00\n6 9:00-12:00"
# Place in OUTLETS, from when until when counted in days from today, and why it is closed.
CLOSED = ((5, -3, 9, "装修", "renovation"),)
# The fictitious city lies in a lake, where nobody can be sent to a wrong door.
CENTRE = (36.95, 100.15)
SPECIAL, BANK, AGENCY = OutletKind.SPECIAL_WINDOW, OutletKind.BANK_OUTLET, OutletKind.AGENCY

# kind, bank, district, name, address, hours, and what differs from the usual.
OUTLETS = (
    (
        SPECIAL,
        None,
        "云桥",
        ("社会保障卡中心专窗", "Card Centre, special window"),
        ("云桥区示例大道1号政务服务大厅一层", "Service Hall, ground floor, 1 Example Avenue, Yunqiao"),
        WEEK_AND_SATURDAY,
        {"instant_issue": True, "step_free": True},
    ),
    (
        BANK,
        0,
        "云桥",
        ("晨光示例银行云桥支行", "Morning Light Example Bank, Yunqiao branch"),
        ("云桥区梧桐路88号", "88 Wutong Road, Yunqiao"),
        WEEK_AND_SATURDAY,
        {"instant_issue": True, "step_free": True},
    ),
    (
        BANK,
        0,
        "南湾",
        ("晨光示例银行南湾支行", "Morning Light Example Bank, Nanwan branch"),
        ("南湾区海棠街12号", "12 Haitang Street, Nanwan"),
        WEEK,
        {"step_free": True},
    ),
    (
        BANK,
        1,
        "柳浦",
        ("青禾示例银行柳浦支行", "Green Field Example Bank, Liupu branch"),
        ("柳浦区柳荫路36号", "36 Liuyin Road, Liupu"),
        WEEK_AND_SATURDAY,
        {"instant_issue": True},
    ),
    (
        BANK,
        1,
        "南湾",
        ("青禾示例银行南湾支行", "Green Field Example Bank, Nanwan branch"),
        ("南湾区渔火路5号", "5 Yuhuo Road, Nanwan"),
        WEEK,
        {"step_free": True},
    ),
    (
        BANK,
        2,
        "北原",
        ("远帆示例银行北原支行", "Far Sail Example Bank, Beiyuan branch"),
        ("北原区银杏路201号", "201 Yinxing Road, Beiyuan"),
        WEEK,
        {"step_free": True},
    ),
    (
        AGENCY,
        None,
        "云桥",
        ("云桥区社会保险经办服务中心", "Yunqiao Social Insurance Service Centre"),
        ("云桥区示例大道3号", "3 Example Avenue, Yunqiao"),
        WEEK,
        {"replaces_cards": False, "step_free": True},
    ),
    (
        AGENCY,
        None,
        "北原",
        ("北原区社会保险经办服务中心", "Beiyuan Social Insurance Service Centre"),
        ("北原区松林路9号", "9 Songlin Road, Beiyuan"),
        WEEK,
        {"replaces_cards": False, "step_free": True},
    ),
    (
        BANK,
        2,
        "柳浦",
        ("远帆示例银行柳浦便民点", "Far Sail Example Bank, Liupu service point"),
        ("柳浦区竹里巷7号", "7 Zhuli Lane, Liupu"),
        WEEK,
        {"replaces_cards": False, "hands_over": False},
    ),
    (
        BANK,
        0,
        "北原",
        ("晨光示例银行北原旧址", "Morning Light Example Bank, old Beiyuan branch"),
        ("北原区银杏路7号", "7 Yinxing Road, Beiyuan"),
        WEEK,
        {"closed_for_good": True},
    ),
)

# User name, group ("" makes the superuser) and place in OUTLETS of the window where the account works.
STAFF: tuple[tuple[str, str, int | None], ...] = (
    ("clerk", "clerk", 0),
    ("bankclerk", "clerk", 1),
    ("hotline", "hotline", None),
    ("supervisor", "supervisor", 0),
    ("supervisor2", "supervisor", 1),
    ("editor", "editor", None),
    ("publisher", "publisher", None),
    ("auditor", "auditor", None),
    ("system", "system", None),
    ("security", "security", None),
    ("admin", "", 0),
)
# Marks an account whose password is public; a real installation refuses its members.
DEMO_GROUP = "demo"


@dataclass
class City:
    """The places and the staff of the demonstration."""

    banks: list[Bank]
    outlets: list[Outlet]
    staff: dict[str, User]

    @property
    def special_window(self) -> Outlet:
        """The window of the card centre."""
        return self.outlets[0]

    def outlets_of(self, bank: Bank) -> list[Outlet]:
        """The outlets of a bank that replace and hand over cards."""
        return [
            o
            for o in self.outlets
            if o.bank_id == bank.pk and o.replaces_cards and o.hands_over and not o.closed_for_good
        ]


def build() -> City:
    """Enter the banks, outlets and staff accounts."""
    banks = [Bank.objects.create(name_zh=zh, name_en=en, hotline=phone) for zh, en, phone in BANKS]
    outlets = [_outlet(place, banks) for place in range(len(OUTLETS))]
    today = china_day(timezone.now())
    for place, first, last, zh, en in CLOSED:
        days = {"first_day": today + timedelta(days=first), "last_day": today + timedelta(days=last)}
        SpecialHours.objects.create(outlet=outlets[place], reason_zh=zh, reason_en=en, **days)
    return City(banks, outlets, _staff(outlets))


def _outlet(place: int, banks: list[Bank]) -> Outlet:
    kind, bank, district, name, address, hours, more = OUTLETS[place]
    district_zh, district_en = DISTRICTS[district]
    return Outlet.objects.create(
        kind=kind,
        bank=None if bank is None else banks[bank],
        name_zh=name[0],
        name_en=name[1],
        district_zh=district_zh,
        district_en=district_en,
        address_zh=address[0],
        address_en=address[1],
        opening=hours,
        latitude=CENTRE[0] + place * 0.01,
        longitude=CENTRE[1] + place % 3 * 0.015,
        phone=f"0000-555{place + 1:04d}",
        **more,
    )


def _staff(outlets: list[Outlet]) -> dict[str, User]:
    """The accounts; one hash for all, since the password is one and public anyway."""
    password = make_password(settings.DEMO_PASSWORD)
    mark, _made = Group.objects.get_or_create(name=DEMO_GROUP)
    staff = {}
    for name, group, place in STAFF:
        user = User.objects.create(username=name, password=password, is_staff=True, is_superuser=not group)
        user.groups.add(mark, *Group.objects.filter(name=group))
        StaffProfile.objects.create(user=user, outlet=None if place is None else outlets[place])
        staff[name] = user
    return staff
