"""Quotes: what an order costs, item by item. Money is whole euro cents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from shipping.parcel import Category, Parcel, ShippingError, billable_grams, classify

FREE_COVER = 100_00
MAX_COVER = 2_500_00

EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
NEIGHBOURS = frozenset({"AT", "BE", "CH", "CZ", "DK", "FR", "LU", "NL", "PL"})
ISLANDS = {"DE": ("18565", "25859", "27498"), "ES": ("07", "35", "38"), "FR": ("20", "97")}


class Zone(Enum):
    """How far a parcel travels; the value is the zone's number on the price list."""

    DOMESTIC = 0
    NEIGHBOUR = 1
    EU = 2
    WORLD = 3


class Service(Enum):
    """How fast a parcel travels."""

    ECONOMY = "economy"
    STANDARD = "standard"
    EXPRESS = "express"


# Up to and including so many grams: the price in each zone, in the order of their numbers.
PRICES = (
    (500, (3_70, 5_90, 7_90, 11_90)),
    (2_000, (4_90, 8_90, 11_90, 19_90)),
    (5_000, (6_90, 12_90, 16_90, 34_90)),
    (10_000, (9_90, 17_90, 22_90, 54_90)),
    (20_000, (14_90, 24_90, 32_90, 89_90)),
    (30_000, (19_90, 31_90, 42_90, 129_90)),
)
EVERY_FURTHER_KILOGRAM = (90, 1_40, 1_90, 5_50)


@dataclass(frozen=True)
class Order:
    """What a customer wants sent; `country` is a two-letter code, `value` is in cents."""

    parcel: Parcel
    country: str
    postcode: str = ""
    service: Service = Service.STANDARD
    value: int = 0
    signature: bool = False


@dataclass(frozen=True)
class Item:
    """One line of a quote; discounts have negative cents."""

    label: str
    cents: int


@dataclass(frozen=True)
class Quote:
    """A priced order."""

    zone: Zone
    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        """All items added up, in cents."""
        return sum(item.cents for item in self.items)


def zone_of(country: str) -> Zone:
    """The zone of a country, given as a two-letter code in any case.

    A neighbour is a neighbour, whether or not it is in the EU. Raises ShippingError unless the
    code is two letters.
    """
    code = country.strip().upper()
    if len(code) != 2 or not code.isalpha():
        raise ShippingError(f"{country!r} is not a two-letter country code")
    if code == "DE":
        return Zone.DOMESTIC
    if code in NEIGHBOURS:
        return Zone.NEIGHBOUR
    if code in EU:
        return Zone.EU
    return Zone.WORLD


def base_price(grams: int, zone: Zone) -> int:
    """The price of a billable weight in cents, from the list; each limit is in its own band.

    Above the last band, which volumetric weights can be, every further kilogram that has begun
    is added to that band's price. Raises ShippingError for a weight that is not positive.
    """
    if grams <= 0:
        raise ShippingError("a price needs a weight")
    for limit, prices in PRICES:
        if grams <= limit:
            return prices[zone.value]
    last_limit, last_prices = PRICES[-1]
    further = -(-(grams - last_limit) // 1000)
    return last_prices[zone.value] + further * EVERY_FURTHER_KILOGRAM[zone.value]


def insurance(value: int) -> int:
    """What it costs to insure a value, both in cents.

    Up to and including 100 euros is insured at no charge. Above that it costs 1 % of the value,
    rounded up to the cent, and at least 2.50 euros. Raises ShippingError for a negative value
    and for one of more than 2,500 euros.
    """
    if value < 0:
        raise ShippingError("a value cannot be negative")
    if value > MAX_COVER:
        raise ShippingError(f"values over {MAX_COVER // 100} euros cannot be insured")
    if value < FREE_COVER:
        return 0
    return max(2_50, -(-value // 100))


def is_island(country: str, postcode: str) -> bool:
    """Whether a postcode, blanks ignored, lies on an island that only a ferry or a plane serves."""
    compact = postcode.replace(" ", "")
    return compact.startswith(ISLANDS.get(country.strip().upper(), ()))


def surcharges(order: Order) -> tuple[Item, ...]:
    """What comes on top of the base price, in the order in which it is printed.

    Bulky parcels cost 24 euros more and do not travel by express. An island costs 9 euros, by
    express 19. A signature costs 1.80 euros and comes free with express.
    """
    express = order.service is Service.EXPRESS
    items = []
    if classify(order.parcel) is Category.BULKY:
        if express:
            raise ShippingError("bulky parcels cannot travel by express")
        items.append(Item("bulky", 24_00))
    if is_island(order.country, order.postcode):
        items.append(Item("island", 19_00 if express else 9_00))
    if order.signature and not express:
        items.append(Item("signature", 1_80))
    cover = insurance(order.value)
    if cover:
        items.append(Item("insurance", cover))
    return tuple(items)


def volume_discount(parcels_a_month: int) -> int:
    """The discount in per cent: 5 from 50 parcels a month on, 8 from 200, 12 from 1,000."""
    for threshold, percent in ((1000, 12), (200, 8), (50, 5)):
        if parcels_a_month >= threshold:
            return percent
    return 0


def quote(order: Order, parcels_a_month: int = 0) -> Quote:
    """Price an order for a customer who sends so many parcels a month.

    Economy takes a tenth off the base price and is not offered to the world zone; express doubles
    it. The volume discount applies to the base price after that, never to surcharges, and is
    rounded up to the cent. Raises ShippingError when the order cannot be sent.
    """
    zone = zone_of(order.country)
    base = base_price(billable_grams(order.parcel), zone)
    if order.service is Service.EXPRESS:
        base *= 2
    elif order.service is Service.ECONOMY:
        if zone is Zone.WORLD:
            raise ShippingError("there is no economy service to the world zone")
        base -= base // 10
    items = [Item(f"{order.service.value} to zone {zone.value}", base)]
    percent = volume_discount(parcels_a_month)
    if percent:
        items.append(Item(f"discount of {percent} %", -base * percent // 100))
    return Quote(zone, (*items, *surcharges(order)))
