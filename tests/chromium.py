"""The real browser that pages are tested in. CI installs it; without it the tests of pages are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
if os.environ.get("CI") and not CHROMIUM:
    raise RuntimeError("CI has no chromium; .ci/run installs it")
with_chromium = pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        started.close()


def until(page: Page, expression: str, said: Sequence[str]) -> None:
    """Waits for it by asking again: a page's policy forbids a watcher inside it. `said`: its complaints."""
    for _ in range(2400):  # a minute: on a machine that does something else, too, it takes long now and then
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"never: {expression}; {list(said)}")
