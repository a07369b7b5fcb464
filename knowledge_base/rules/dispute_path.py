"""纠纷怎么办: which ways out of a dispute fit these answers, side by side, and which comes first.

The law as data stands in `dispute_path.yml`: ways, and rules that are applied from top to bottom to the answers.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from knowledge_base.rules.cited import fits
from knowledge_base.rules.conclusion import Answers, Conclusion, Option, Reason, Section
from knowledge_base.rules.court_fees import (
    divorce_property_fee,
    payment_order_fee,
    preservation_fee,
    property_fee,
    simple_procedure_fee,
)
from knowledge_base.rules.dispute_rules import (
    FITS,
    ROWS,
    DisputeRules,
    Fee,
    FeeText,
    Fit,
    Row,
    Rule,
    SmallClaims,
    load_dispute_rules,
)


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
    ordered = [rule for rule in reversed(applied) if rule.urgent] + [rule for rule in applied if not rule.urgent]
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
