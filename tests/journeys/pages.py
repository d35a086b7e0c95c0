"""The web chat in a real browser window: somebody chooses who they are, types, presses and looks."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, ViewportSize, expect

from tests.journeys.killing import Front
from tests.sources import ROOT

DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
PATIENCE_MS = 20_000
MOST_TABS = 60
LOST_CONNECTION = "net::ERR_"


class Served(Front):
    """The process of a real store: no sample people, the web chat behind links."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ("-m", "bot", "serve"))

    def _environment(self, failpoint: str) -> dict[str, str]:
        return super()._environment(failpoint) | {"QIANTAI_WEB_CHAT": "on"}

    async def command(self, *words: str) -> str:
        """What `qiantai …` prints on this store's data. Raises RuntimeError if it says no."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=ROOT,
            env=self._environment(""),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        if process.returncode != os.EX_OK:
            raise RuntimeError(said.decode())
        return said.decode()


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Front]:
    """A `qiantai demo` on `folder`, open; it ends with the block."""
    front = Front(folder)
    try:
        await front.open()
        yield front
    finally:
        await front.end()


@dataclass
class Window:
    """A window on the web chat. `complaints` is what its console called an error; a lost connection is none."""

    page: Page
    phone: bool
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and LOST_CONNECTION not in message.text:
            self.complaints.append(message.text)

    async def becomes(self, key: str) -> None:
        await self.person(key).click()
        await self.opened()

    async def opened(self) -> None:
        """Waits until the history is there."""
        for chat in ("private", "store"):
            await expect(self.log(chat)).not_to_have_attribute("aria-busy", "true", timeout=PATIENCE_MS)

    async def types(self, text: str, *, chat: str = "private") -> None:
        field = self.page.locator(f"#composer-{chat} textarea")
        await field.fill(text)
        await field.press("Enter")

    async def presses(self, label: str, *, on: str = "", chat: str = "private") -> None:
        """Presses the newest button with the label, on a message that says `on`."""
        message = self.column(chat).locator("[data-message]").filter(has_text=on)
        await message.get_by_role("button", name=label, exact=True).last.click()

    async def turns_to(self, chat: str) -> None:
        """On a phone one chat is shown at a time."""
        if self.phone:
            await self.page.locator(f'[data-show="{chat}"]').click()

    async def moves_clock(self, *moves: str) -> None:
        """Presses buttons of the clock (`PT1H`, `PT4H`, `next`, `P1D`), each after the one before has rung out."""
        opener = self.page.locator("[data-clock-open]")
        if self.phone and await opener.get_attribute("aria-expanded") == "false":
            await opener.click()
        for move in moves:
            await self.page.locator(f'[data-advance="{move}"]').click()
            clock = self.page.locator("[data-clock]")
            await expect(clock).not_to_have_attribute("aria-busy", "true", timeout=3 * PATIENCE_MS)

    async def sees(self, *texts: str, chat: str = "private", times: int = 1) -> None:
        """Waits until so many messages say all the texts."""
        messages = self.column(chat).locator("[data-message] .said")
        for text in texts:
            messages = messages.filter(has_text=text)
        await expect(messages).to_have_count(times, timeout=PATIENCE_MS)

    async def is_offered(self, *labels: str, chat: str = "private") -> None:
        """Waits until the newest message has these buttons, in this order."""
        buttons = self.column(chat).locator("[data-message][data-last] [data-action]")
        await expect(buttons).to_have_text(list(labels), timeout=PATIENCE_MS)

    async def has_news(self, key: str, *, news: bool = True) -> None:
        """Waits until the person's dot is there, or is gone."""
        await expect(self.person(key).locator(".dot")).to_be_visible(visible=news, timeout=PATIENCE_MS)

    async def looks_up(self) -> None:
        """The page asks for everybody's news now, as when its network is back, and not only at its next glance."""
        await self.page.evaluate("window.dispatchEvent(new Event('online'))")

    async def tabs_to(self, selector: str, *, key: str = "Tab") -> None:
        """Presses Tab until something that fits has the focus. Raises LookupError if the keyboard cannot get there."""
        for _ in range(MOST_TABS):
            await self.page.keyboard.press(key)
            if await self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise LookupError(selector)

    async def small_buttons(self) -> list[str]:
        """Those that are there to be seen and too low for a thumb."""
        found: list[str] = await self.page.locator("button:visible").evaluate_all(
            "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
        )
        return found

    async def sticking_out(self) -> list[str]:
        """What is wider than its place."""
        found: list[str] = await self.page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('.log')]"
            ".filter(one => one.scrollWidth > one.clientWidth).map(one => one.className || one.tagName)"
        )
        return found

    def person(self, key: str) -> Locator:
        return self.page.locator(f'[data-person="{key}"]')

    def column(self, chat: str) -> Locator:
        return self.page.locator(f'[data-chat="{chat}"]')

    def log(self, chat: str) -> Locator:
        return self.column(chat).locator(".log")

    def line(self, chat: str = "private") -> Locator:
        return self.column(chat).locator("[data-line]")


async def window(context: BrowserContext, url: str) -> Window:
    """A new window of this browser, with the page loaded; in the demo nobody is chosen yet."""
    page = await context.new_page()
    size = page.viewport_size
    opened = Window(page, phone=size is not None and size["width"] < DESK["width"])
    await page.goto(url)
    return opened


@asynccontextmanager
async def windows(browser: Browser, size: ViewportSize = DESK) -> AsyncIterator[BrowserContext]:
    """A browser of one's own: its cookies and what its tabs remember end with the block."""
    context = await browser.new_context(viewport=size, has_touch=size == PHONE, locale="zh-CN")
    try:
        yield context
    finally:
        await context.close()
