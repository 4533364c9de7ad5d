"""`hutong app dev`: from a changed file to the change on the device's screen, in Chromium beside a real server."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Frame, Page, sync_playwright

from hutong.server import cli
from hutong.testing import Server

from .child import report

CHANGES = 5
LIMIT_MS = 600

# Both are seen by the frame's own clock, which is the machine's.
STYLE = """
([size]) => new Promise((seen) => {
  const look = () => getComputedStyle(document.querySelector('.hello')).fontSize === size
    ? seen(performance.timeOrigin + performance.now()) : requestAnimationFrame(look)
  look()
})
"""
TEXT = """
([words]) => new Promise((seen) => {
  const look = () => document.body.textContent.includes(words)
    ? seen(performance.timeOrigin + performance.now()) : requestAnimationFrame(look)
  look()
})
"""


def program(page: Page) -> Frame:
    """The program's frame, once it shows its first page."""
    page.frame_locator("iframe").frame_locator("iframe").locator(".hello").wait_for(timeout=60_000)
    return next(frame for frame in page.frames if frame.url.endswith("frame-dev.html"))


def changed(page: Page, file: Path, old: str, new: str, seen: str, argument: str) -> float:
    """Milliseconds from the file's being written until the frame shows it."""
    frame = program(page)
    text = file.read_text()
    assert old in text, (file, old)
    with page.expect_event("console", lambda message: message.text == "seen"):
        frame.evaluate(
            f"(argument) => {{ ({seen})(argument).then((at) => {{ window.seenAt = at; console.log('seen') }}) }}",
            [argument],
        )
        began = time.time() * 1000
        file.write_text(text.replace(old, new))
    return float(frame.evaluate("window.seenAt")) - began


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is not installed: scripts/test installs it")
    with tempfile.TemporaryDirectory() as scratch, Server(home=Path(scratch) / "home") as server:
        shop = Path(scratch) / "shop"
        assert cli.main(["app", "new", str(shop)]) == 0
        with (
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "hutong.server.cli",
                    "app",
                    "dev",
                    str(shop),
                    "--home",
                    str(server.home),
                ],
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            ) as dev,
            sync_playwright() as playwright,
        ):
            assert dev.stdout is not None
            address = next(
                said.group(1) for line in dev.stdout if (said := re.search(r"dev tools:\s+(\S+)", line))
            )
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(address)
            styles, templates = [], []
            sheet, template = shop / "pages/menu/menu.wxss", shop / "pages/menu/menu.wxml"
            size, words = "44rpx", "{{words.hello}}"
            for turn in range(CHANGES):
                width = page.frame_locator("iframe").frame_locator("iframe").locator("html")
                pixels = float(width.evaluate("html => html.clientWidth"))
                next_size = f"{60 + turn}rpx"
                shown = f"{(60 + turn) * pixels / 750:g}px"
                styles.append(changed(page, sheet, size, next_size, STYLE, shown))
                size = next_size
                next_words = f"{{{{words.hello}}}} turn-{turn}."
                templates.append(changed(page, template, words, next_words, TEXT, f"turn-{turn}."))
                words = next_words
            browser.close()
            dev.terminate()
        for what, times in (("style sheet", styles), ("template", templates)):
            found = round(median(times))
            report(
                f"a changed {what} seen on the device, ms",
                value=found,
                demand=f"<= {LIMIT_MS}",
                met=found <= LIMIT_MS,
            )


if __name__ == "__main__":
    main()
