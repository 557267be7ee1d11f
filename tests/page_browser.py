"""A page in a real browser, with everything that it asks for and complains of. CI installs chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import until

PLACE = "producerPage.player.place()"


@dataclass
class Opened:
    """A page, and all that it asked for and complained of."""

    page: Page
    folder: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def value(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    @property
    def at_s(self) -> float:
        return float(self.value(PLACE))

    def until(self, expression: str) -> None:
        until(self.page, expression, self.said)

    def play_from(self, seconds: float) -> None:
        self.value(f"producerPage.player.seek({seconds}, true)")
        self.until(f"{PLACE} > {seconds} + 0.05 && producerPage.store.get('playing')")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Any]:
    """Opens a page; afterwards it must have asked for nothing but what lies beside it, and said nothing."""
    opened: list[tuple[Any, Opened]] = []

    def open_it(address: str, width: int = 1280, height: int = 900, **more: Any) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        page = context.new_page()
        found = Opened(page, address.rsplit("/", 1)[0])
        page.on("console", lambda message: found.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: found.said.append(str(error)))
        page.on("request", lambda request: found.asked.append(request.url))
        page.on("dialog", lambda dialog: found.said.append(dialog.message))
        page.goto(address)
        opened.append((context, found))
        return found

    yield open_it
    for context, found in opened:
        context.close()
        assert found.said == []
        assert [url for url in found.asked if not url.startswith((f"{found.folder}/", "data:"))] == []
