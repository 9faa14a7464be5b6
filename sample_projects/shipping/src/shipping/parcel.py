"""Parcels: reading weights as customers type them, classes of handling, and the billed weight.

Weights are whole grams and sides whole centimetres, so that nothing is rounded twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import Enum

MAX_GRAMS = 30_000
MAX_SIDE = 200
CUBIC_CM_PER_KG = 5_000

GRAMS_PER_UNIT = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "oz": Decimal("28.349523125"),
    "lb": Decimal("453.59237"),
}
QUANTITY = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+)\s*")


class ShippingError(ValueError):
    """An order that cannot be shipped as it was given; the message is fit for the customer."""


class Category(Enum):
    """How a parcel is handled in the depot."""

    LETTER = "letter"
    PACKET = "packet"
    PARCEL = "parcel"
    BULKY = "bulky"


@dataclass(frozen=True)
class Parcel:
    """A packed parcel: its weight in grams and its three sides in centimetres, in any order.

    Raises ShippingError for a weight or a side that is not positive, for more than 30 kg and for
    a side of more than 200 cm; exactly 30 kg and exactly 200 cm are accepted.
    """

    grams: int
    sides: tuple[int, int, int]

    def __post_init__(self) -> None:
        if self.grams <= 0 or min(self.sides) <= 0:
            raise ShippingError("a parcel needs a weight and three sides")
        if self.grams > MAX_GRAMS:
            raise ShippingError(f"{self.grams / 1000:g} kg is more than {MAX_GRAMS // 1000} kg")
        if max(self.sides) > MAX_SIDE:
            raise ShippingError(f"{max(self.sides)} cm is longer than {MAX_SIDE} cm")

    @property
    def girth(self) -> int:
        """The longest side plus the way around the parcel across it, in centimetres."""
        short, middle, longest = sorted(self.sides)
        return longest + 2 * (short + middle)

    @property
    def volume(self) -> int:
        """Cubic centimetres."""
        a, b, c = self.sides
        return a * b * c


def parse_weight(text: str) -> int:
    """Read a weight such as "2.5kg", "750 g", "1,5 KG" or "2lb 3oz"; grams, rounded up.

    Both a point and a comma separate decimals. Several quantities are added up, each unit may
    appear once. Raises ShippingError for anything else, a bare number and a weight of nothing
    included.
    """
    rest = text.strip().lower()
    grams = Decimal(0)
    seen: set[str] = set()
    while rest:
        quantity = QUANTITY.match(rest)
        if quantity is None:
            raise ShippingError(f"{text!r} is not a weight")
        number, unit = quantity.groups()
        if unit not in GRAMS_PER_UNIT:
            raise ShippingError(f"{unit!r} is not one of {', '.join(GRAMS_PER_UNIT)}")
        if unit in seen:
            raise ShippingError(f"{unit!r} appears twice in {text!r}")
        seen.add(unit)
        grams += Decimal(number.replace(",", ".")) * GRAMS_PER_UNIT[unit]
        rest = rest[quantity.end() :]
    if not grams:
        raise ShippingError(f"{text!r} weighs nothing")
    return int(grams.to_integral_value(ROUND_CEILING))


def classify(parcel: Parcel) -> Category:
    """Tell how the depot handles a parcel; every limit belongs to the smaller class.

    A letter weighs up to 500 g, is up to 3 cm thick and up to 35 cm long. A packet weighs up to
    2 kg, and its sides add up to 90 cm with none over 60 cm. Whatever is longer than 120 cm, or
    has a girth of more than 300 cm, is bulky.
    """
    thickness, _, longest = sorted(parcel.sides)
    if parcel.grams <= 500 and thickness <= 3 and longest <= 35:
        return Category.LETTER
    if parcel.grams <= 2_000 and sum(parcel.sides) <= 90 and longest <= 60:
        return Category.PACKET
    if longest > 120 or parcel.girth > 300:
        return Category.BULKY
    return Category.PARCEL


def billable_grams(parcel: Parcel) -> int:
    """The weight that is billed: the real or, if greater, the volumetric one, in grams.

    A kilogram stands for 5,000 cubic centimetres, rounded up to the gram. Letters and packets
    are billed by their real weight alone.
    """
    if classify(parcel) in (Category.LETTER, Category.PACKET):
        return parcel.grams
    volumetric = -(-parcel.volume * 1000 // CUBIC_CM_PER_KG)
    return max(parcel.grams, volumetric)
