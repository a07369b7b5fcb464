"""纠纷怎么办: which ways out of a dispute fit these answers, side by side, and which comes first.

The law as data stands in `dispute_path.yml`: ways, and rules that are applied from top to bottom to the answers.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge_base.entry import Text
from knowledge_base.rules.cited import Cited, CitedRules, When, fits
from knowledge_base.rules.conclusion import Answers, Conclusion, Option, Reason, Section, Target
from knowledge_base.rules.court_fees import (
    divorce_property_fee,
    payment_order_fee,
    preservation_fee,
    property_fee,
    simple_procedure_fee,
)

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


def conclude(answers: Answers, today: date) -> Conclusion:  # noqa: ARG001 - every guide concludes from these two
    """Which ways there are for this dispute, and in which order. The verdict is the way that comes first.

    Nothing here depends on the day: a last day is worked out by the guide for deadlines.
    """
    rules = load_dispute_rules()
    applied = [rule for rule in rules.rules if fits(rule.when, answers)]
    standing = _standing(applied)
    first = next(way for way, fit in standing.items() if fit == "first")
    amount = _amount(answers)
    small = _is_small(rules.small_claims, answers, amount) and standing.get("court") in ("first", "possible")
    ordered = sorted(applied, key=lambda rule: not rule.urgent)
    lists = sorted((part for rule in ordered for part in rule.sections), key=lambda part: not part.tick)
    reasons = [Reason(text=why.text, sources=rules.sources(why.cites)) for rule in ordered for why in rule.reasons]
    if small:
        reasons.append(Reason(text=rules.small_claims.reason, sources=rules.sources(rules.small_claims.cites)))
    return Conclusion(
        verdict=first,
        headline=next((rule.headline for rule in reversed(applied) if rule.headline), rules.ways[first].headline),
        text=rules.text,
        reasons=tuple(reasons),
        options=tuple(_options(rules, applied, standing, amount, small)),
        sections=tuple(
            Section(title=part.title, items=part.items, tick=part.tick, sources=rules.sources(part.cites))
            for part in lists
        ),
        next=tuple(dict.fromkeys(target for rule in reversed(applied) for target in rule.next))[: rules.next_at_most],
    )


def _standing(applied: Iterable[Rule]) -> dict[str, Fit]:
    """How each way fits after all rules."""
    standing: dict[str, Fit] = {}
    for rule in applied:
        for way in rule.drop:
            standing.pop(way, None)
        for way in rule.possible:
            if standing.get(way) != "first":
                standing[way] = "possible"
        if rule.first is not None:
            standing = {way: "possible" if fit == "first" else fit for way, fit in standing.items()}
            standing[rule.first] = "first"
        for way in rule.not_now:
            standing[way] = "not_now"
    return standing


def _options(
    rules: DisputeRules, applied: list[Rule], standing: dict[str, Fit], amount: Decimal | None, small: bool
) -> Iterable[Option]:
    """The ways that remain: the first, then what is possible, then what must wait, each in the order of the data."""
    fee = next((rule.fee for rule in reversed(applied) if rule.fee is not None), None)
    for way_id, way in sorted(
        ((way_id, way) for way_id, way in rules.ways.items() if way_id in standing),
        key=lambda pair: FITS.index(standing[pair[0]]),
    ):
        rows: dict[Row, str] = dict(way.rows)
        cites = way.cites
        if way_id == "court" and fee is not None and (cost := _court_cost(rules, fee, amount)):
            rows["cost"] = cost
            cites += rules.court_fees.cites
        if way_id == "court" and small:
            rows["time"] = rules.small_claims.time
            cites += rules.small_claims.cites
        if amount is not None and way_id == "payment_order" and rules.payment_order_fee.known:
            rows["cost"] = _fill(rules.payment_order_fee.known, amount, payment_order_fee(amount))
        if amount is not None and way_id == "preservation" and rules.preservation_fee.known:
            rows["cost"] = _fill(rules.preservation_fee.known, amount, preservation_fee(amount))
        for rule in applied:
            rows |= rule.rows.get(way_id, {})
        yield Option(
            name=way.name,
            fit=standing[way_id],
            rows=tuple((rules.headings[row], rows[row]) for row in ROWS),
            sources=rules.sources(cites),
        )


def _court_cost(rules: DisputeRules, fee: Fee, amount: Decimal | None) -> str | None:
    if fee == "none":
        return None
    texts: FeeText = getattr(rules.court_fees, fee)
    if amount is None or texts.known is None:
        return texts.unknown
    return _fill(texts.known, amount, divorce_property_fee(amount) if fee == "divorce" else property_fee(amount))


def _fill(text: str, amount: Decimal, fee: Decimal) -> str:
    return text.format(sum=_yuan(amount), fee=_yuan(fee), half=_yuan(simple_procedure_fee(fee)))


def _yuan(amount: Decimal) -> str:
    """Yuan without needless zeros: 2300, 5.5."""
    return f"{amount.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".")


def _amount(answers: Answers) -> Decimal | None:
    """The sum at stake in yuan; None where it is not known or not a sum."""
    try:
        amount = Decimal(answers.get("sum", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 else None


def _is_small(small: SmallClaims, answers: Answers, amount: Decimal | None) -> bool:
    return (
        fits(small.when, answers)
        and not any(fits(unless, answers) for unless in small.unless)
        and (amount is None or amount <= small.mentioned_up_to)
    )
