"""The data of 纠纷怎么办 (`dispute_path.yml`): the ways out of a dispute, and the rules that set them in order."""

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge_base.entry import Text
from knowledge_base.rules.cited import Cited, CitedRules, When
from knowledge_base.rules.conclusion import Target

RULES_FILE = Path(__file__).with_name("dispute_path.yml")
Row = Literal["cost", "time", "force", "first", "where"]
ROWS: tuple[Row, ...] = ("cost", "time", "force", "first", "where")
Fee = Literal["property", "divorce", "personality", "support", "injury", "labour", "none"]
Fit = Literal["first", "possible", "not_now"]
FITS: tuple[Fit, ...] = ("first", "possible", "not_now")
WayId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Way(Cited):
    """A way out of a dispute. headline: what is said where it comes first. rows: the same five for every way."""

    name: Text
    headline: Text
    rows: dict[Row, Text]

    @model_validator(mode="after")
    def _check_rows(self) -> Self:
        if set(self.rows) != set(ROWS):
            raise ValueError(f"{self.name}：五行要齐")
        return self


class Why(Cited):
    """One sentence about this dispute."""

    text: Text


class List(Cited):
    """Items under a heading; with `tick` things to get ready."""

    title: Text
    items: tuple[Text, ...] = Field(min_length=1)
    tick: bool = False


class Rule(BaseModel):
    """What follows where the answers fit `when`; what a later rule says holds.

    first: the way that comes first now; the one before it becomes possible.
    rows: what a row of a way says in this case. fee: which of the court's fees applies.
    urgent: its reasons and lists come before those of other rules.
    """

    model_config = _STRICT

    when: When = Field(default_factory=dict)
    first: WayId | None = None
    possible: tuple[WayId, ...] = ()
    not_now: tuple[WayId, ...] = ()
    drop: tuple[WayId, ...] = ()
    rows: dict[WayId, dict[Row, Text]] = Field(default_factory=dict)
    fee: Fee | None = None
    urgent: bool = False
    headline: Text | None = None
    reasons: tuple[Why, ...] = ()
    sections: tuple[List, ...] = ()
    next: tuple[Target, ...] = ()

    def named(self) -> set[str]:
        """All ways that the rule speaks of."""
        return {*self.possible, *self.not_now, *self.drop, *self.rows} | ({self.first} if self.first else set())


class FeeText(BaseModel):
    """How a fee reads: with the sum (`{sum}`, `{fee}`, `{half}`), and without."""

    model_config = _STRICT

    known: Text | None = None
    unknown: Text | None = None


class CourtFeeTexts(Cited):
    """How each of the court's fees reads."""

    property: FeeText
    divorce: FeeText
    personality: FeeText
    support: FeeText
    injury: FeeText
    labour: FeeText


class SmallClaims(Cited):
    """When the fast procedure for small sums is worth a hint, and its wording. `mentioned_up_to` is no legal limit."""

    mentioned_up_to: Decimal
    when: When
    unless: tuple[When, ...]
    time: Text
    reason: Text


class DisputeRules(CitedRules):
    """Everything in `dispute_path.yml`."""

    text: Text
    next_at_most: int
    headings: dict[Row, Text]
    court_fees: CourtFeeTexts
    preservation_fee: FeeText
    payment_order_fee: FeeText
    small_claims: SmallClaims
    ways: dict[WayId, Way]
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_ways(self) -> Self:
        unknown = {way for rule in self.rules for way in rule.named()} - set(self.ways)
        if unknown:
            raise ValueError(f"没有这些路：{'、'.join(sorted(unknown))}")
        return self


@lru_cache(maxsize=1)
def load_dispute_rules() -> DisputeRules:
    """The rules as they stand in the data.

    Raises:
        pydantic.ValidationError: the file does not have the expected form.
    """
    return DisputeRules.model_validate(yaml.safe_load(RULES_FILE.read_text("utf-8")))
