"""What a court takes for a civil case: the bands of 诉讼费用交纳办法 (`court_fees.yml`) applied to a sum."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FEES_FILE = Path(__file__).with_name("court_fees.yml")
_FEN = Decimal("0.01")


class Band(BaseModel):
    """A part of a sum, up to and including `up_to` yuan (without end if None): `flat` yuan, and `rate` of the part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    up_to: Decimal | None = None
    flat: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)


class CourtFees(BaseModel):
    """The bands, and by what the full fee is divided in a payment order and in the simple procedure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    property: tuple[Band, ...] = Field(min_length=1)
    divorce_property: tuple[Band, ...] = Field(min_length=1)
    personality: tuple[Band, ...] = Field(min_length=1)
    preservation: tuple[Band, ...] = Field(min_length=1)
    preservation_at_most: Decimal
    payment_order_parts: Decimal
    simple_procedure_parts: Decimal


@lru_cache(maxsize=1)
def load_court_fees() -> CourtFees:
    """The bands as they stand in the data.

    Raises:
        pydantic.ValidationError: the file does not have the expected form.
    """
    return CourtFees.model_validate(yaml.safe_load(FEES_FILE.read_text("utf-8")))


def property_fee(amount: Decimal) -> Decimal:
    """The fee in yuan for a case about that many yuan (第13条第1项)."""
    return _add_up(load_court_fees().property, amount)


def divorce_property_fee(amount: Decimal) -> Decimal:
    """What comes on top of a divorce's fee where property of that worth is divided (第13条第2项)."""
    return _add_up(load_court_fees().divorce_property, amount)


def personality_fee(amount: Decimal) -> Decimal:
    """What comes on top of the fee for name, portrait or reputation where that many yuan are claimed (第13条第2项)."""
    return _add_up(load_court_fees().personality, amount)


def simple_procedure_fee(full: Decimal) -> Decimal:
    """What remains of a full fee in the simple procedure or after a settlement (第15、16条)."""
    return _round(full / load_court_fees().simple_procedure_parts)


def payment_order_fee(amount: Decimal) -> Decimal:
    """The fee in yuan for a payment order over that many yuan (第14条第3项)."""
    return _round(property_fee(amount) / load_court_fees().payment_order_parts)


def preservation_fee(amount: Decimal) -> Decimal:
    """The fee in yuan for freezing property of that worth (第14条第2项)."""
    fees = load_court_fees()
    return min(_add_up(fees.preservation, amount), fees.preservation_at_most)


def _add_up(bands: Iterable[Band], amount: Decimal) -> Decimal:
    total, below = Decimal(0), Decimal(0)
    for band in bands:
        above = amount if band.up_to is None else min(amount, band.up_to)
        total += band.flat + (above - below) * band.rate
        if band.up_to is None or amount <= band.up_to:
            break
        below = band.up_to
    return _round(total)


def _round(yuan: Decimal) -> Decimal:
    return yuan.quantize(_FEN, ROUND_HALF_UP)
