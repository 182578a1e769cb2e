"""How long a page of three years of hours takes in a browser: from navigation to the chart that can be zoomed."""

from __future__ import annotations

import time

from playwright.sync_api import sync_playwright

from deploy.local import browser

ROUNDS = 9
"""After a first one that warms what there is to warm."""


def drawn_ms(address: str) -> list[float]:
    """Return the milliseconds from navigation to the drawn chart, once a round; in one tab, as people use it."""
    took = []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser.require(), args=["--no-sandbox"])
        page = started.new_page()
        for _ in range(ROUNDS + 1):
            began = time.perf_counter()
            page.goto(address, wait_until="commit")
            page.locator(".plotter.lively canvas").first.wait_for()
            took.append((time.perf_counter() - began) * 1e3)
        started.close()
    return took[1:]
