"""Schedules: when a parcel leaves the depot, when it arrives, and when a counter is open."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shipping.quote import Service, Zone

CUT_OFF = time(14)
WEEKDAY_HOURS = (time(8), time(18))
SATURDAY_HOURS = (time(9), time(13))

# Working days on the road, the fastest and the slowest, in the order of the zones' numbers.
DAYS = {
    Service.ECONOMY: ((2, 4), (3, 6), (4, 8)),
    Service.STANDARD: ((1, 2), (2, 4), (3, 5), (6, 12)),
    Service.EXPRESS: ((1, 1), (1, 2), (2, 2), (3, 4)),
}


@dataclass(frozen=True)
class Window:
    """The first and the last day on which a parcel may arrive."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return f"on {_spoken(self.first)}"
        if self.first.month == self.last.month:
            return f"between {self.first.day} and {_spoken(self.last)}"
        return f"between {_spoken(self.first)} and {_spoken(self.last)}"


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B}"


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Monday to Friday, unless it is a holiday."""
    return day.weekday() < 5 and day not in holidays


def _working_days_after(day: date, holidays: Collection[date]) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        if is_working_day(day, holidays):
            yield day


def dispatch_day(ordered: datetime, holidays: Collection[date] = ()) -> date:
    """The day on which an order leaves the depot.

    What is ordered before 14:00 on a working day leaves on that day; all else, an order at 14:00
    sharp included, leaves on the next working day.
    """
    day = ordered.date()
    if ordered.time() < CUT_OFF and is_working_day(day, holidays):
        return day
    return next(_working_days_after(day, holidays))


def delivery_window(
    ordered: datetime, zone: Zone, service: Service, holidays: Collection[date] = ()
) -> Window:
    """When an order arrives, counted in working days from the day on which it leaves.

    Raises ValueError for a service that the zone does not have.
    """
    days = DAYS[service]
    if zone.value >= len(days):
        raise ValueError(f"no {service.value} service in zone {zone.value}")
    fastest, slowest = days[zone.value]
    arrivals = _working_days_after(dispatch_day(ordered, holidays), holidays)
    upcoming = [next(arrivals) for _ in range(slowest)]
    return Window(upcoming[fastest - 1], upcoming[-1])


def is_open(at: datetime, holidays: Collection[date] = ()) -> bool:
    """Whether the counter is open: 8 to 18 h on working days, 9 to 13 h on Saturdays.

    It opens at the first minute of its hours and is closed again at the last. Nothing opens on
    holidays.
    """
    if at.date() in holidays or at.weekday() == 6:
        return False
    opens, closes = SATURDAY_HOURS if at.weekday() == 5 else WEEKDAY_HOURS
    return opens <= at.time() < closes


def week_label(day: date) -> str:
    """The ISO week a day belongs to, such as "2026-W01"; its year can differ from the day's."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
