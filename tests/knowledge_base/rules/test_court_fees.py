from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.rules.court_fees import (
    divorce_property_fee,
    payment_order_fee,
    personality_fee,
    preservation_fee,
    property_fee,
    simple_procedure_fee,
)


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        ("1", "50"),
        ("10000", "50"),
        ("10000.01", "50"),
        ("20000", "300"),
        ("100000", "2300"),
        ("200000", "4300"),
        ("500000", "8800"),
        ("1000000", "13800"),
        ("2000000", "22800"),
        ("5000000", "46800"),
        ("10000000", "81800"),
        ("20000000", "141800"),
        ("30000000", "191800"),
    ],
)
def test_a_case_about_money_costs_band_by_band(amount: str, fee: str) -> None:
    assert property_fee(Decimal(amount)) == Decimal(fee)


@pytest.mark.parametrize(("amount", "fee"), [("200000", "0"), ("300000", "500"), ("1000000", "4000")])
def test_property_in_a_divorce_costs_only_above_two_hundred_thousand(amount: str, fee: str) -> None:
    assert divorce_property_fee(Decimal(amount)) == Decimal(fee)


@pytest.mark.parametrize(("amount", "fee"), [("50000", "0"), ("100000", "500"), ("200000", "1000")])
def test_reputation_costs_only_above_fifty_thousand(amount: str, fee: str) -> None:
    assert personality_fee(Decimal(amount)) == Decimal(fee)


@pytest.mark.parametrize(("amount", "fee"), [("500", "30"), ("1000", "30"), ("100000", "1020"), ("9000000", "5000")])
def test_freezing_property_costs_at_most_five_thousand(amount: str, fee: str) -> None:
    assert preservation_fee(Decimal(amount)) == Decimal(fee)


def test_a_payment_order_costs_a_third_and_the_simple_procedure_half() -> None:
    assert payment_order_fee(Decimal(100000)) == Decimal("766.67")
    assert simple_procedure_fee(Decimal(2300)) == Decimal(1150)


@given(st.decimals(min_value=1, max_value=10**9, places=2), st.decimals(min_value=0, max_value=10**6, places=2))
def test_more_money_never_costs_less(amount: Decimal, more: Decimal) -> None:
    assert property_fee(amount + more) >= property_fee(amount)
