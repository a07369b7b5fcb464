"""Somebody at the staff console, in a browser."""

import re
import subprocess
import sys

from playwright.sync_api import Browser, Page

from tests.system.axe import serious_violations
from tests.system.processes import ROOT, System

SCREENSHOTS = ROOT / "var" / "screenshots"
PASSWORD = "yi tiao xiao chuan 26"


class Clerk:
    """Somebody at the console, in a browser of their own. Every page they see is looked at by axe."""

    def __init__(self, browser: Browser, system: System, username: str, *roles: str) -> None:
        command = [sys.executable, "-m", "api", "create-staff", username, "--name", f"{username}同志"]
        command += [part for role in roles for part in ("--role", role)]
        done = subprocess.run(command, cwd=ROOT, env=system.environment, capture_output=True, text=True, check=True)
        found = re.search(r"一次性密码 (\S+?)（", done.stdout)
        assert found, done.stdout
        self.username = username
        self.url = system.url
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("dialog", lambda dialog: dialog.accept())
        self._sign_in(found.group(1))
        self.page.get_by_label("现在的密码").fill(found.group(1))
        self.page.get_by_label("新密码", exact=True).fill(PASSWORD)
        self.page.get_by_label("再输一次新密码").fill(PASSWORD)
        self.press("保存")
        self._sign_in(PASSWORD)

    def _sign_in(self, password: str) -> None:
        self.page.goto(f"{self.url}/staff/sign-in")
        self.page.get_by_label("登录名").fill(self.username)
        self.page.get_by_label("密码").fill(password)
        self.press("登录")

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def seen(self, name: str) -> None:
        """Keep a picture of the page, and have axe look at it."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"console-{name}.png", full_page=True)
        assert serious_violations(self.page) == []
