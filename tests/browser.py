"""What every page must hold in a real browser; axe does not see weak borders or small targets."""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Links inside running text are exempt from the size of targets (WCAG 2.5.8), and so is what is hidden.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter(e => !e.matches("p a, td a, th[scope=row] a, .govuk-skip-link, [type=hidden]"))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.height + box.width > 0 && (box.height < 43.9 || box.width < 43.9))
  .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""
BORDERS = """() => {
  const behind = e => { for (; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if (colour !== "rgba(0, 0, 0, 0)") return colour; } return "rgb(255, 255, 255)"; };
  const fields = [...document.querySelectorAll("input, select, textarea")]
    .filter(e => !["hidden", "radio", "checkbox"].includes(e.type))
    .map(e => [e.name, getComputedStyle(e).borderTopColor, behind(e.parentElement)]);
  const signs = [...document.querySelectorAll(".choice label")]
    .map(e => [e.htmlFor, getComputedStyle(e, "::before").borderTopColor, behind(e)]);
  return fields.concat(signs); }"""


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two `rgb()` colours as WCAG 2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def assert_sound(page: Page, name: str) -> None:
    """Accessible, no sideways scroll, targets as large as a thumb, borders that stand out.

    With CERMIN_SHOTS=DIR a picture of the page is kept there.
    """
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => true)")
    width = page.viewport_size["width"] if page.viewport_size else 0
    if folder := os.environ.get("CERMIN_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width, f"{name} scrolls sideways"
    small = page.evaluate(SMALL_TARGETS)
    assert small == [], f"{name}: {small}"
    assert [row for row in page.evaluate(BORDERS) if contrast(row[1], row[2]) < 3] == [], name
