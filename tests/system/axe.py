"""Accessibility of a page in the browser, by axe-core (library: axe-playwright-python, which ships it)."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SERIOUS = ("serious", "critical")
_SHOWN = 3


def serious_violations(page: Page) -> list[str]:
    """What axe finds serious or critical, a line each: rule, what is wrong, and the first places."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: " + "; ".join(node["html"] for node in one["nodes"][:_SHOWN])
        for one in violations
        if one["impact"] in _SERIOUS
    ]
