"""What the guide `deadline` concludes: the last day, how it was counted, and what can be done before and after it."""

from dataclasses import dataclass, replace
from datetime import date

from knowledge_base.entry import Source
from knowledge_base.rules.calendar import SATURDAY, is_workday, workday_before
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, LastDay, Reason, Section, Target
from knowledge_base.rules.deadline_kinds import Kind, Length, load_deadlines, say
from knowledge_base.rules.periods import Period, is_near, kinds, last_day, measure, state

__all__ = ["Period", "conclude", "kinds", "last_day"]

_YEARS = range(1900, 9000)
"""Years a citizen can mean; any other is a slip of the pen."""
_ELSEWHERE: tuple[Target, ...] = ("guide:dispute_path", "guide:legal_aid_check", "entry:litigation.limitation")


@dataclass(frozen=True)
class _Run:
    """One period as it is reported: of which kind, from which day (and how that day is called), and until when."""

    kind: Kind
    label: str
    length: Length
    begins: str
    start: date
    period: Period
    last: date

    @property
    def end(self) -> date:
        """The last day by the calendar, before any rolling."""
        return self.period.rolled_from or self.last


def conclude(answers: Answers, today: date) -> Conclusion:
    """What the guide comes to, for any answers to its steps.

    answers: `matter`; `kind` or `kind_<matter>`; `start` or `start_<which>`; of single kinds also `claim`, `employed`,
        `informed`, `interrupted` and `last_claim`, `has_order` and `order_until`.
    Verdicts: `open`, `near`, `past`, `unsure` (holidays of that year not published, or demands in between not known);
        `maybe_open` (over, unless its term was never told); `no_start`, `no_kind` (not said); `not_running` (wages
        while employed); `no_deadline` (protection order).
    """
    name = _said(answers, "kind")
    kind = kinds().get(name)
    if kind is None:
        return _without_kind(answers.get("matter", UNKNOWN))
    if kind.length is None:
        return _order(kind, answers, today)
    wages = kind.begins_left is not None and answers.get("claim") == "wages"
    if wages and answers.get("employed") == "yes":
        return _report("not_running", say("not_running"), kind)
    begins = kind.begins_left if wages and answers.get("employed") == "left" and kind.begins_left else kind.begins
    start = _day(_said(answers, "start"))
    if start is None:
        return _without_start(kind, kind.length, begins)
    reasons: tuple[Reason, ...] = (Reason(text=say("future")),) if start > today else ()
    runs = _runs(kind, kind.length, begins, start)
    if kind.restarts and answers.get("interrupted") == "yes":
        return _restarted(runs[-1], _day(answers.get("last_claim", "")), today, reasons)
    if kind.restarts:
        reasons += (Reason(text=say("restart_maybe"), sources=kind.restart_sources or kind.sources),)
    if kind.untold and answers.get("informed") == "no":
        return _untold(runs[-1], kind.untold, today, reasons)
    return _plain(runs, today, reasons)


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


def _run(kind: Kind, label: str, length: Length, begins: str, start: date, *, certain: bool = True) -> _Run:
    """A period measured; not `certain` where the day it runs from is not."""
    period = measure(length, start, rolls=kind.rule.rolls)
    period = replace(period, certain=period.certain and certain)
    return _Run(kind, label, length, begins, start, period, period.last or length.end(start))


def _runs(kind: Kind, length: Length, begins: str, start: date) -> list[_Run]:
    """A kind and what follows on it; each but the first runs from the last day of the one before."""
    runs = [_run(kind, kind.label, length, begins, start)]
    following = load_deadlines().kinds.get(kind.then or "")
    if following and following.length:
        before = runs[0]
        certain = before.period.certain
        runs.append(_run(following, following.label, following.length, following.begins, before.last, certain=certain))
    return runs


def _plain(runs: list[_Run], today: date, reasons: tuple[Reason, ...]) -> Conclusion:
    first, run = runs[0], runs[-1]
    verdict, headline = _standing(run, today)
    if first is not run and today <= first.last:
        headline = say("two_stages", first=first.last, act=run.kind.act, last=run.last)
    days = tuple(_reported(each, today) for each in runs)
    return _report(verdict, headline, first.kind, days, reasons)


def _restarted(run: _Run, again: date | None, today: date, reasons: tuple[Reason, ...]) -> Conclusion:
    """With a demand in between: counted from it, if it came in time; without proof of it the first count stands."""
    verdict, headline = _standing(run, today)
    if again is None or again <= run.start:
        why = Reason(text=say("restart_unknown" if again is None else "restart_early"), sources=_restart_sources(run))
        return _report(verdict, headline, run.kind, (_reported(run, today),), (why, *reasons))
    later = _run(run.kind, say("again_label"), run.length, say("again_begins"), again)
    earlier = replace(run, label=say("first_label"))
    verdict, headline = _standing(later, today)
    late = again > run.last
    if late and verdict != "past":
        verdict, headline = "unsure", say("chain")
    why = Reason(text=say("restart_late" if late else "restarted"), sources=_restart_sources(run))
    days = (_reported(later, today), _reported(earlier, today))
    return _report(verdict, headline, run.kind, days, (why, *reasons), both=late)


def _untold(run: _Run, longest: Length, today: date, reasons: tuple[Reason, ...]) -> Conclusion:
    """Nobody told them of the term: it may run from a later day, but no longer than the law's outer limit."""
    limit = _run(run.kind, say("untold_label"), longest, run.begins, run.start)
    counted = say("untold_counted", begins=run.begins, length=longest, start=run.start, day=limit.last)
    outer = LastDay(
        label=limit.label,
        day=limit.last,
        state=state(limit.period, run.start, today),
        counted=counted + _doubt(limit, today),
        sources=run.kind.untold_sources,
    )
    verdict, headline = _standing(run, today)
    open_yet = verdict == "past" and outer.state != "past"
    if open_yet:
        verdict, headline = "maybe_open", say("maybe_open", last=limit.last)
    return _report(verdict, headline, run.kind, (_reported(run, today), outer), reasons, both=open_yet)


def _order(kind: Kind, answers: Answers, today: date) -> Conclusion:
    """A protection order: no deadline to apply; who has one must ask for more before it lapses."""
    if answers.get("has_order") != "yes":
        return _report("no_deadline", say("no_deadline"), kind)
    until = _day(answers.get("order_until", ""))
    if until is None:
        day = LastDay(label=kind.label, day=None, state="unsure", counted=say("order_unknown"), sources=kind.sources)
        return _report("no_start", say("order_unknown_head"), kind, (day,), found=True)
    left = (until - today).days
    standing = "past" if left < 0 else "near" if left <= load_deadlines().near.days else "open"
    headline = say("today" if left == 0 else standing, act=kind.act, last=until, left=left)
    counted = say("order_counted", day=until)
    days = (LastDay(label=kind.label, day=until, state=standing, counted=counted, sources=kind.sources),)
    return _report(standing, headline, kind, days)


def _without_start(kind: Kind, length: Length, begins: str) -> Conclusion:
    counted = say("no_date", begins=begins, length=length)
    days = (LastDay(label=kind.label, day=None, state="unsure", counted=counted, sources=kind.sources),)
    return _report("no_start", say("no_start"), kind, days, found=True)


def _without_kind(matter: str) -> Conclusion:
    """No kind was named: the usual deadlines of the matter, for comparison."""
    rules = load_deadlines()
    likely = [rules.kinds[name] for name in rules.matters.get(matter, rules.matters[UNKNOWN])]
    items = tuple(say("common", name=kind.name, length=kind.length, begins=kind.begins) for kind in likely)
    common = Section(title=say("common_title"), items=items, sources=_merged(*(kind.sources for kind in likely)))
    advice = Section(title=say("do_title"), items=(say("found_advice"), say("found_help")), tick=True)
    sections = (common, advice)
    return Conclusion(
        verdict="no_kind", headline=say("no_kind"), text=say("text_no_kind"), sections=sections, next=_ELSEWHERE
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
    todo = Section(title=say("do_title"), items=kind.todo, tick=True, sources=kind.sources)
    past = Section(title=say("past_title"), items=kind.past, sources=kind.past_sources)
    sections = [todo, past] if both else [past] if verdict == "past" else [todo]
    if found:
        items = (*kind.found, say("found_advice"), say("found_help"))
        sections.insert(0, Section(title=say("found_title"), items=items))
    mail = kind.rule.mail if verdict not in ("past", "no_deadline", "not_running") else None
    return Conclusion(
        verdict=verdict,
        headline=headline,
        text="\n".join(filter(None, (mail, say("text") if days and days[0].day else say("text_no_day")))),
        reasons=(*reasons, *kind.notes),
        days=days,
        sections=tuple(sections),
        next=kind.next,
    )


def _standing(run: _Run, today: date) -> tuple[str, str]:
    """The verdict on one period, and the sentence that says it."""
    verdict = state(run.period, run.start, today)
    values = {"act": run.kind.act, "last": run.last, "left": (run.last - today).days, "safe": _safe(run, today)}
    if verdict == "unsure" and is_near(run.period, run.start, today):
        return "near", say("near_unsure", **values)
    if run.last == today and verdict == "near":
        return "near", say("today", **values)
    return verdict, say(verdict, **values)


def _reported(run: _Run, today: date) -> LastDay:
    sources = _merged(run.kind.sources, run.kind.rule.sources)
    standing = state(run.period, run.start, today)
    return LastDay(label=run.label, day=run.last, state=standing, counted=_counted(run, today), sources=sources)


def _counted(run: _Run, today: date) -> str:
    """How the days were counted, in plain words."""
    how = {"days": "counted_days", "workdays": "counted_workdays"}.get(run.length.unit, "counted_months")
    first = date.fromordinal(run.start.toordinal() + 1)
    values = {"begins": run.begins, "start": run.start, "first": first, "day": run.end}
    text = say(how, **values, number=run.length.number, length=run.length)
    if run.period.rolled_from:
        text += say("rolled", last=run.last)
        if run.period.certain:
            text += say("safer", before=workday_before(run.end))
    elif not is_workday(run.end):
        text += say("not_rolled", before=workday_before(run.end))
    elif run.end.weekday() >= SATURDAY and run.kind.rule.rolls:
        text += say("makeup")
    return text + _doubt(run, today)


def _doubt(run: _Run, today: date) -> str:
    """That holidays may still move the day; empty where they are published or do not matter."""
    if run.period.certain:
        return ""
    return say("uncertain", year=run.last.year, safe=_safe(run, today))


def _safe(run: _Run, today: date) -> date:
    """The day to act by whatever the holidays: a workday no later than the end by the calendar, but not over yet."""
    return max(run.end if is_workday(run.end) else workday_before(run.end), today)


def _restart_sources(run: _Run) -> tuple[Source, ...]:
    return run.kind.restart_sources or run.kind.sources


def _merged(*groups: tuple[Source, ...]) -> tuple[Source, ...]:
    """All sources, each once, in order."""
    return tuple(dict.fromkeys(source for group in groups for source in group))
