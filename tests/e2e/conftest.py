"""The running service and a browser, for the tests of the storefront.

The service is the real one: its own command loads a slice of the Icecat sample into a fresh home, indexes it
and serves it.
"""

import io
import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

from registry import Registry

SAMPLE = Path(__file__).parents[2] / "samples" / "icecat"
PRODUCTS = 2_000
SECRET = "a secret for tests that is long enough to be used"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Answers every picture of other hosts, so that no test depends on a network: a grey box.
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><path fill="#aaa" d="M0 0h4v3H0z"/></svg>'


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Load, index and serve a slice of the sample with the sample's map; yield the service's address."""
    work = tmp_path_factory.mktemp("storefront")
    products = work / "products.jsonl"
    _slice(SAMPLE / "products.jsonl.zst", products)
    environment = clean_environment(work / "home") | {"VITRINE_JWT_SECRET": SECRET}
    _vitrine(environment, "load", "icecat", str(products), "--mapping", str(SAMPLE / "mapping.toml"))
    _vitrine(environment, "index", "icecat")
    Registry(work / "home" / "models").install(SAMPLE / "models" / "map", "icecat")

    with serving(environment, "serve", work / "serve.log") as address:
        yield address


def clean_environment(home: Path) -> dict[str, str]:
    """Return the environment with no other setting of Vitrine than its home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    return environment | {"VITRINE_HOME": str(home)}


@contextmanager
def serving(environment: dict[str, str], command: str, log: Path, *words: str) -> Iterator[str]:
    """Run ``vitrine serve`` or ``vitrine demo``; yield its address once it is ready."""
    port = _free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [_command(), command, "--host", "127.0.0.1", "--port", str(port), *words],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start headless Chromium.

    Once per module and not per session: a running Playwright holds an event loop that other
    tests must not meet.
    """
    executable = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if executable is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, service: str) -> Iterator[BrowserContext]:
    """Open a fresh profile: English, light, a desktop's width."""
    context = browser.new_context(
        base_url=service, locale="en-GB", color_scheme="light", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(10_000)
    context.route(lambda url: not url.startswith(service), _answer_picture)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Open a page; whatever it complains about on the console fails the test that used it."""
    page = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " (event) => console.error('CSP:', event.violatedDirective, event.blockedURI))"
    )
    yield page
    assert complaints == []


def _answer_picture(route: Route) -> None:
    route.fulfill(body=PICTURE, content_type="image/svg+xml")


def _slice(source: Path, target: Path) -> None:
    with source.open("rb") as packed, target.open("w", encoding="utf-8") as out:
        text = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), encoding="utf-8")
        out.writelines(itertools.islice(text, PRODUCTS))


def _command() -> str:
    return str(Path(sys.executable).with_name("vitrine"))


def _vitrine(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [_command(), *arguments], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"vitrine {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the service did not become ready:\n{log.read_text(errors='replace')[-4000:]}")
