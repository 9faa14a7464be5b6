"""What the shop relies on. Amounts are euro cents, weights grams, sides centimetres."""

import pytest

from shipping.parcel import Category, Parcel, ShippingError, classify, parse_weight
from shipping.quote import Zone, base_price, zone_of


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("2.5kg", 2500),
        ("750 g", 750),
        (" 1,5 KG ", 1500),
    ],
)
def test_weight_is_read_in_grams(text, grams):
    assert parse_weight(text) == grams


def test_weight_without_unit_is_refused():
    with pytest.raises(ShippingError, match="is not a weight"):
        parse_weight("12")


def test_thin_and_light_is_a_letter():
    assert classify(Parcel(500, (35, 25, 3))) is Category.LETTER


def test_parcel_over_thirty_kilograms_is_refused():
    with pytest.raises(ShippingError, match="more than 30 kg"):
        Parcel(30_001, (40, 40, 40))


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("DE", Zone.DOMESTIC),
        ("at", Zone.NEIGHBOUR),
    ],
)
def test_zone_of_country(country, zone):
    assert zone_of(country) is zone


@pytest.mark.parametrize(("grams", "cents"), [(500, 370), (501, 490), (2_000, 490)])
def test_limit_of_a_band_belongs_to_it(grams, cents):
    assert base_price(grams, Zone.DOMESTIC) == cents
