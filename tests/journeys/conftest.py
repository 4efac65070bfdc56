"""The whole product, served on a real port with its job runner, and a browser to walk through it."""

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page
from waitress import create_server

from survey.app import create_app
from survey.config import Settings
from survey.db import Databases
from survey.jobs.runner import Runner

OpenPage = Callable[..., Page]


@pytest.fixture
def served(settings: Settings, databases: Databases) -> Iterator[str]:
    """The address of the running product."""
    app = create_app(settings, databases)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with Runner(settings, databases):
        yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[OpenPage]:
    """A fresh browser window (own cookies) at a width; no page may complain in the console."""
    complaints: list[str] = []
    contexts = []

    def open_window(path: str, width: int = 360, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts, base_url=served
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.goto(path)
        return page

    yield open_window
    for context in contexts:
        context.close()
    expected = ("status of 4", "ERR_INTERNET_DISCONNECTED")  # refusals, and lines that a test cuts
    assert [text for text in complaints if not any(words in text for words in expected)] == []
