"""公证办理指引: what to bring, who must come, what it costs and what follows abroad, for one notarial matter.

What the matter needs stands in its reviewed entry and is shown as it stands; `notary.yml` adds who must come, by what
the law and the rules name, and what the country of use makes necessary. It is never the list of a notary office.
"""

from collections.abc import Iterable
from datetime import date
from typing import get_args

from knowledge_base.entry import Entry, Facet, PageSource, Source
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, Reason, Section, Target
from knowledge_base.rules.notary_materials import Materials, take_apart
from knowledge_base.rules.notary_rules import (
    Destination,
    Ending,
    Errand,
    Goes,
    Listed,
    NotaryRules,
    Presence,
    Remarks,
    Sentence,
    load_notary_rules,
)


def suggested_matters(answers: Answers) -> tuple[str, ...]:
    """The most usual matters, as entry ids, of what the citizen wants it for."""
    suggestions = load_notary_rules().suggestions
    return suggestions.get(answers.get("use", UNKNOWN), ())


def conclude(answers: Answers, today: date, matter: Entry | None) -> Conclusion:
    """What this citizen needs for that matter.

    matter: the entry that the citizen chose; None, or an entry that does not hold today, ends with `matter_unclear`
        and the most usual matters of the use. Where those concerned dispute it ends with `dispute` (公证法31), and
        where a gift is to be made after death with `rather_will`.
    """
    rules = load_notary_rules()
    if answers.get("agreed") == "disputed":
        heirs = matter.id in rules.inheritances if matter is not None else answers.get("use") == "inheritance"
        return _ended(rules, rules.dispute, (rules.dispute.inheritance,) if heirs else (), matter)
    if answers.get("giving") == "later":
        return _ended(rules, rules.will_instead)
    destination = _destination(rules, answers)
    if matter is None or not matter.in_force(today):
        return _unclear(rules, answers, destination)
    goes = _goes(answers)
    presence = rules.presence_of(matter.id)
    errand = rules.errand(presence, goes)
    remarks = rules.heirs if matter.id in rules.inheritances else Remarks()
    incapable_testator = goes == "unclear" and matter.id in rules.wills
    outcome = rules.not_capable_of_will.outcome if incapable_testator else rules.outcomes[presence][goes]
    return Conclusion(
        verdict=outcome.verdict,
        headline=outcome.headline,
        text=rules.text,
        reasons=(
            *_silence(rules, answers),
            *_reasons(rules, presence, errand, incapable_testator),
            *(_reason(rules, sentence) for sentence in remarks.reasons),
        ),
        sections=tuple(_sections(rules, matter, errand, destination)),
        next=_next(
            rules,
            [f"entry:{matter.id}"],
            rules.silent.next if answers.get("agreed") == "silent" else (),
            remarks.next,
            errand.next if errand else (),
            destination.next if destination else (),
            rules.next,
        ),
    )


def _ended(
    rules: NotaryRules, ending: Ending, more: tuple[Listed, ...] = (), matter: Entry | None = None
) -> Conclusion:
    """An end that does not depend on who goes or where the certificate is used."""
    return Conclusion(
        verdict=ending.verdict,
        headline=ending.headline,
        text=rules.text,
        reasons=tuple(_reason(rules, sentence) for sentence in ending.reasons),
        sections=tuple(
            Section(title=part.title, items=part.items, sources=rules.sources(part.cites))
            for part in (*ending.sections, *more)
        ),
        next=_next(rules, ending.next, [f"entry:{matter.id}"] if matter else ()),
    )


def _silence(rules: NotaryRules, answers: Answers) -> tuple[Reason, ...]:
    """What a silent person means for the matter; nothing where all have spoken."""
    silent = rules.silent.reasons if answers.get("agreed") == "silent" else ()
    return tuple(_reason(rules, sentence) for sentence in silent)


def _unclear(rules: NotaryRules, answers: Answers, destination: Destination | None) -> Conclusion:
    """The end without a matter: how to find it out, and the most usual ones."""
    unclear = rules.unclear
    suggested = suggested_matters(answers)
    sections = [Section(title=rules.headings.choose, items=unclear.items)]
    if destination is not None:
        sections.append(_abroad(rules, destination))
    return Conclusion(
        verdict="matter_unclear",
        headline=unclear.headline,
        text=rules.text,
        reasons=(*_silence(rules, answers), _reason(rules, unclear.reason)),
        sections=tuple(sections),
        next=_next(rules, [f"entry:{entry_id}" for entry_id in suggested[: rules.next_at_most - 1]], unclear.next),
    )


def _goes(answers: Answers) -> Goes:
    return next((goes for goes in get_args(Goes) if goes == answers.get("who")), "unknown")


def _destination(rules: NotaryRules, answers: Answers) -> Destination | None:
    """What the country makes necessary; after a use abroad an unknown country is one to look up."""
    country = answers.get("country", UNKNOWN)
    if country == UNKNOWN and answers.get("use") in rules.abroad_uses:
        country = "other"
    return rules.countries.get(country)


def _reasons(
    rules: NotaryRules, presence: Presence, errand: Errand | None, incapable_testator: bool
) -> Iterable[Reason]:
    if incapable_testator:
        yield _reason(rules, rules.not_capable_of_will)
    yield _reason(rules, rules.why_presence[presence])
    if errand is not None:
        yield from (_reason(rules, sentence) for sentence in errand.reasons)


def _sections(
    rules: NotaryRules, matter: Entry, errand: Errand | None, destination: Destination | None
) -> Iterable[Section]:
    headings = rules.headings
    yield from _materials(rules, matter, errand, destination)
    yield _facet(rules, matter, Facet.WHO, headings.who, rules.defaults.who)
    if destination is not None:
        yield _abroad(rules, destination)
    fee = _facet(rules, matter, Facet.FEE, headings.fee, rules.defaults.fee)
    pages = tuple(s for s in matter.sources if isinstance(s, PageSource) and s.page in rules.fee_pages)
    yield fee.model_copy(update={"sources": (*fee.sources, *pages)})
    yield _facet(rules, matter, Facet.TIME, headings.time, rules.defaults.time)
    yield _facet(rules, matter, Facet.WHERE, headings.where, rules.defaults.where)
    yield Section(
        title=headings.missing,
        items=tuple(sentence.text for sentence in rules.missing),
        sources=rules.sources(tuple(cite for sentence in rules.missing for cite in sentence.cites)),
    )


def _materials(
    rules: NotaryRules, matter: Entry, errand: Errand | None, destination: Destination | None
) -> Iterable[Section]:
    """What to bring, with boxes, and what the entry remarks about it."""
    default = rules.defaults.materials
    text = matter.facets.get(Facet.MATERIALS)
    found = take_apart(text, rules.materials) if text else Materials(papers=(), remarks=())
    papers = list(found.papers) or take_apart(default.text, rules.materials).papers
    cites = default.cites
    if errand is not None:
        papers = [*papers, *errand.bring]
        cites += errand.cites
    if destination is not None:
        papers = [*papers, *destination.bring]
    yield Section(
        title=rules.headings.materials, items=tuple(dict.fromkeys(papers)), tick=True, sources=rules.sources(cites)
    )
    if found.remarks:
        yield Section(title=rules.headings.remarks, items=found.remarks)


def _facet(rules: NotaryRules, matter: Entry, facet: Facet, title: str, default: Sentence) -> Section:
    """The entry's own words, or what holds where it has none."""
    sources: tuple[Source, ...] = rules.sources(default.cites)
    return Section(title=title, items=(matter.facets.get(facet, default.text),), sources=sources)


def _abroad(rules: NotaryRules, destination: Destination) -> Section:
    return Section(title=rules.headings.abroad, items=destination.items, sources=rules.sources(destination.cites))


def _reason(rules: NotaryRules, sentence: Sentence) -> Reason:
    return Reason(text=sentence.text, sources=rules.sources(sentence.cites))


def _next(rules: NotaryRules, *targets: Iterable[Target]) -> tuple[Target, ...]:
    return tuple(dict.fromkeys(target for some in targets for target in some))[: rules.next_at_most]
