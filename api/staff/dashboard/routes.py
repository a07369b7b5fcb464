"""The dashboard, and its tables as CSV."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.problems import ProblemError
from api.services import Services, ServicesDep
from api.staff.channels import CHANNEL_LABELS
from api.staff.dashboard.plots import lines, stacked
from api.staff.dashboard.report import NEEDED_DAYS, Report, make_report
from api.staff.dashboard.tables import as_csv, milliseconds, percent
from api.staff.outcomes import families
from api.staff.people.staff import Staff
from api.staff.permissions import Permission
from api.staff.web import allowed, page

router = APIRouter(prefix="/staff/dashboard", include_in_schema=False)
Viewer = Annotated[Staff, Depends(allowed(Permission.VIEW_DASHBOARD))]
PERIODS = (30, 90)
_FAMILIES = ("answered", "clarified", "routed", "abstained")
_WORDS = "rising-questions"
"""This table shows what citizens wrote: only for those who work on unanswered questions."""


@router.get("")
async def dashboard(
    request: Request, services: ServicesDep, staff: Viewer, days: str = "30", channel: str = ""
) -> Response:
    """The figures of the last 30 or 90 days."""
    period = _period(days)
    report, missing = await _report(services, staff, period, channel)
    dates = [day.isoformat() for day in report.days]
    counts = {families()[name]: [one.families[name] for one in report.daily] for name in _FAMILIES}
    counts["其他"] = [one.questions - sum(one.families[name] for name in _FAMILIES) for one in report.daily]
    times = {
        "一半快于": [one.percentile(0.5) for one in report.daily],
        "95% 快于": [one.percentile(0.95) for one in report.daily],
    }
    context: dict[str, Any] = {
        "report": report,
        "missing": missing,
        "period": period,
        "periods": PERIODS,
        "channel": channel,
        "channels": CHANNEL_LABELS,
        "families": [(families()[name], percent(report.all.share(name))) for name in _FAMILIES],
        "satisfaction": percent(report.all.satisfaction),
        "median": milliseconds(report.all.percentile(0.5)),
        "slow": milliseconds(report.all.percentile(0.95)),
        "questions_plot": stacked(dates, counts),
        "times_plot": lines(dates, times),
        "satisfaction_plot": lines(dates, {"满意度": [_hundred(one.satisfaction) for one in report.daily]}, top=100),
    }
    return await page(request, "dashboard/page.html", staff, **context)


@router.get("/csv/{name}")
async def download(services: ServicesDep, staff: Viewer, name: str, days: str = "30", channel: str = "") -> Response:
    """One table for Excel."""
    period = _period(days)
    report, _ = await _report(services, staff, period, channel)
    table = report.tables.get(name)
    if table is None:
        raise ProblemError(404, "没有这张表。")
    headers = {"Content-Disposition": f'attachment; filename="hufa-{name}-{report.days[-1]}-{period}d.csv"'}
    return Response(as_csv(table), media_type="text/csv; charset=utf-8", headers=headers)


async def _report(services: Services, staff: Staff, period: int, channel: str) -> tuple[Report, int]:
    """The report, and how many of its days are not counted yet."""
    store = services.staff.daily
    found = await store.last(max(period, NEEDED_DAYS))
    titles = {entry.id: entry.title for entry in services.releases.get().entries.values()}
    sees_words = staff.may(Permission.WORK_UNANSWERED)
    cases = await services.staff.case_weeks.rises(store.today()) if sees_words else []
    report = make_report(found.days, period, channel, titles, cases)
    if not sees_words:
        del report.tables[_WORDS]
    return report, found.missing


def _period(days: str) -> int:
    return int(days) if days in map(str, PERIODS) else PERIODS[0]


def _hundred(part: float | None) -> float | None:
    return None if part is None else part * 100
