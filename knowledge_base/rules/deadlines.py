"""What the guide `deadline` concludes: the last day, how it was counted, and what can be done before and after it."""

from dataclasses import replace
from datetime import date

from knowledge_base.rules.calendar import is_workday, workday_before
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, LastDay, Reason, Section, Target
from knowledge_base.rules.deadline_kinds import Kind, Length, load_deadlines, phrase
from knowledge_base.rules.deadline_runs import Run, advice, doubt, measured, merged, reported, runs, standing
from knowledge_base.rules.deadline_unclear import all_of, candidates, shortest
from knowledge_base.rules.periods import Period, State, kinds, last_day, state

__all__ = ["Period", "conclude", "kinds", "last_day"]

_YEARS = range(1900, 9000)
"""Years a citizen can mean; any other is a slip of the pen."""
_ELSEWHERE: tuple[Target, ...] = ("guide:dispute_path", "guide:legal_aid_check", "entry:litigation.limitation")


def conclude(answers: Answers, today: date) -> Conclusion:
    """What the guide comes to, for any answers to its steps.

    answers: `matter`; `kind` or `kind_<matter>`; `start` or `start_<which>`; of single kinds also `claim`, `employed`,
        `informed`, `interrupted` and `last_claim`, `has_order` and `order_until`.
    Verdicts: `open`, `near`, `past`, `unsure` (holidays of that year not published, or demands in between not known);
        `maybe_open` (over, unless its term was never told); `no_start`, `no_kind` (not said); `unsure_kind` (the day
        is known, the kind is not); `not_running` (wages while employed); `no_deadline` (protection order).
    """
    name = _said(answers, "kind")
    kind = kinds().get(name)
    if kind is None:
        return _without_kind(answers.get("matter", UNKNOWN), _said(answers, "start"), today)
    if kind.length is None:
        return _order(kind, answers, today)
    wages = kind.begins_left is not None and answers.get("claim") == "wages"
    if wages and answers.get("employed") == "yes":
        return _report("not_running", phrase("not_running"), kind)
    begins = kind.begins_left if wages and answers.get("employed") == "left" and kind.begins_left else kind.begins
    start = _day(_said(answers, "start"))
    if start is None:
        return _without_start(kind, kind.length, begins)
    reasons: tuple[Reason, ...] = (Reason(text=phrase("future")),) if start > today else ()
    stages = runs(kind, kind.length, begins, start)
    if kind.restarts and answers.get("interrupted") == "yes":
        return _restarted(stages[-1], _day(answers.get("last_claim", "")), today, reasons)
    if kind.restarts:
        reasons += (Reason(text=phrase("restart_maybe"), sources=kind.restart_sources or kind.sources),)
    if kind.untold and answers.get("informed") == "no":
        return _untold(stages[-1], kind.untold, today, reasons)
    return _plain(stages, today, reasons)


def _said(answers: Answers, step: str) -> str:
    """The answer to a step or to one of its variants (`kind_court`); empty where none was asked."""
    return next((value for name, value in answers.items() if name == step or name.startswith(f"{step}_")), "")


def _day(said: str) -> date | None:
    """The day somebody said; None for `unknown` and for what is no day."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _plain(stages: list[Run], today: date, reasons: tuple[Reason, ...]) -> Conclusion:
    first, run = stages[0], stages[-1]
    verdict, headline = standing(run, today)
    if first is not run and today <= first.last:
        values = {"first": first.last, "early": max(first.safe, today), "act": run.kind.act, "last": run.last}
        headline = phrase("two_stages", **values) + advice(run, today)
    days = tuple(reported(each, today) for each in stages)
    late = verdict == "unsure" and today > run.last
    return _report(verdict, headline, first.kind, days, reasons, both=late)


def _restarted(run: Run, again: date | None, today: date, reasons: tuple[Reason, ...]) -> Conclusion:
    """With a demand in between: counted from it too, if it came in time; without proof of it the first count stands."""
    sources = run.kind.restart_sources or run.kind.sources
    verdict, headline = standing(run, today)
    if again is None or again <= run.start:
        why = Reason(text=phrase("restart_unknown" if again is None else "restart_early"), sources=sources)
        return _report(verdict, headline, run.kind, (reported(run, today),), (why, *reasons))
    later = measured(run.kind, phrase("again_label"), run.length, phrase("again_begins"), again)
    earlier = replace(run, label=phrase("first_label"))
    days = (reported(later, today), reported(earlier, today))
    late = again > run.last
    why = Reason(text=phrase("restart_late" if late else "restarted"), sources=sources)
    values = {"act": run.kind.act, "last": later.last, "first": run.last}
    if verdict != "past":
        headline = phrase("proof_open", **values, safe=max(run.safe, today))
        return _report(verdict, headline, run.kind, days[::-1], (why, *reasons))
    verdict, headline = standing(later, today)
    if verdict != "past":
        verdict, headline = ("unsure", phrase("chain")) if late else (verdict, phrase("proof_past", **values))
    return _report(verdict, headline, run.kind, days, (why, *reasons), both=verdict != "past")


def _untold(run: Run, longest: Length, today: date, reasons: tuple[Reason, ...]) -> Conclusion:
    """Nobody told them of the term: it may run from a later day, but no longer than the law's outer limit."""
    limit = measured(run.kind, phrase("untold_label"), longest, run.begins, run.start)
    counted = phrase("untold_counted", begins=run.begins, length=longest, start=run.start, day=limit.last)
    outer = LastDay(
        label=limit.label,
        day=limit.last,
        state=state(limit.period, run.start, today),
        counted=counted + doubt(limit),
        sources=run.kind.untold_sources,
    )
    verdict, headline = standing(run, today)
    open_yet = verdict == "past" and outer.state != "past"
    if open_yet:
        verdict, headline = "maybe_open", phrase("maybe_open", last=limit.last)
    return _report(verdict, headline, run.kind, (reported(run, today), outer), reasons, both=open_yet)


def _order(kind: Kind, answers: Answers, today: date) -> Conclusion:
    """A protection order: no deadline to apply; who has one must ask for more before it lapses."""
    if answers.get("has_order") != "yes":
        return _report("no_deadline", phrase("no_deadline"), kind)
    until = _day(answers.get("order_until", ""))
    if until is None:
        day = LastDay(label=kind.label, day=None, state="unsure", counted=phrase("order_unknown"), sources=kind.sources)
        return _report("no_start", phrase("order_unknown_head"), kind, (day,), found=True)
    left = (until - today).days
    how: State = "past" if left < 0 else "near" if left <= load_deadlines().near.days else "open"
    headlines = {"past": "order_past", "near": "order_near", "open": "order_open"}
    headline = phrase("order_today" if left == 0 else headlines[how], last=until, left=left)
    counted = phrase("order_counted", day=until)
    before = until if is_workday(until) else workday_before(until)
    if today <= before:
        counted += phrase("safer", safe=before)
    days = (LastDay(label=kind.label, day=until, state=how, counted=counted, sources=kind.sources),)
    return _report(how, headline, kind, days)


def _without_start(kind: Kind, length: Length, begins: str) -> Conclusion:
    counted = phrase("no_date", begins=begins, length=length)
    days = (LastDay(label=kind.label, day=None, state="unsure", counted=counted, sources=kind.sources),)
    return _report("no_start", phrase("no_start"), kind, days, found=True)


def _without_kind(matter: str, said: str, today: date) -> Conclusion:
    """No kind was named: the usual deadlines of the matter, for comparison; with a day, all that run from it.

    said: the answer about the day; empty where none was asked.
    """
    rules = load_deadlines()
    possible, start = candidates(matter), _day(said)
    verdict, headline = "no_kind", phrase("no_kind")
    days: tuple[LastDay, ...] = ()
    if said and possible:
        verdict, headline = "no_start", shortest(possible)
    if start is not None and possible:
        verdict, (headline, days) = "unsure_kind", all_of(possible, start, today)
    likely = [rules.kinds[name] for name in rules.matters.get(matter, rules.matters[UNKNOWN])]
    items = tuple(phrase("common", name=kind.name, length=kind.length, begins=kind.begins) for kind in likely)
    common = Section(title=phrase("common_title"), items=items, sources=merged(*(kind.sources for kind in likely)))
    advice = Section(title=phrase("do_title"), items=(phrase("found_advice"), phrase("found_help")), tick=True)
    sections = (common, advice)
    return Conclusion(
        verdict=verdict,
        headline=headline,
        text=phrase("text_no_kind"),
        reasons=(Reason(text=phrase("unclear_why")),) if days else (),
        days=days,
        sections=sections,
        next=_ELSEWHERE,
    )


def _report(
    verdict: str,
    headline: str,
    kind: Kind,
    days: tuple[LastDay, ...] = (),
    reasons: tuple[Reason, ...] = (),
    *,
    found: bool = False,
    both: bool = False,
) -> Conclusion:
    """The conclusion on one kind. found: how to find the day belongs to it; both: what to do both before and after."""
    todo = Section(title=phrase("do_title"), items=kind.todo, tick=True, sources=kind.sources)
    past = Section(title=phrase("past_title"), items=kind.past, sources=kind.past_sources)
    sections = [todo, past] if both else [past] if verdict == "past" else [todo]
    if found:
        items = (*kind.found, phrase("found_advice"), phrase("found_help"))
        sections.insert(0, Section(title=phrase("found_title"), items=items))
    mail = kind.rule.mail if verdict not in ("past", "no_deadline", "not_running") else None
    return Conclusion(
        verdict=verdict,
        headline=headline,
        text="\n".join(filter(None, (mail, phrase("text") if days and days[0].day else phrase("text_no_day")))),
        reasons=(*reasons, *kind.notes),
        days=days,
        sections=tuple(sections),
        next=kind.next,
    )
