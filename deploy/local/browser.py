"""A browser for the page tests: found, installed where that is allowed, or asked for in one sentence.

`python -m deploy.local.browser` makes sure of it and prints its path; exit code 1 when there is none.
"""

import sys

from deploy.local.debian_program import DebianProgram

BROWSER = DebianProgram(
    names=("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    package="chromium",
    setting="GASTRACK_BROWSER",
    sentence="The page tests need a browser: install Chromium (sudo apt-get install chromium), "
    "or set GASTRACK_BROWSER to the path of a Chromium or Chrome.",
)


def require() -> str:
    """Path of the browser, installed first if need be and allowed. Raises StartError with what to do."""
    return BROWSER.require()


if __name__ == "__main__":
    sys.exit(BROWSER.main())
