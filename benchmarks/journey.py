"""A city from an empty database to a released cycle in a real browser: `python -m benchmarks.journey`.

Two offices hold the keys; a few raters answer on the real pages, all others over the same services. Prints
what each step took, and keeps a picture of each (1366 pixels wide; those of raters and the employee 360) in
`var/journey`. `--share 0.5` takes half of the city, `--offices BKPSDM,DISDUKCAPIL` some offices of it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright
from waitress import create_server

from survey.app import create_app
from survey.config import load_settings
from survey.db import connect_all
from survey.demo.city import organise
from survey.jobs.runner import Runner
from tests.journeys.whole_cycle import SEED, Walk, table_of, walk

PATIENCE = 3 * 60 * 60 * 1000  # milliseconds
OUT = Path("var/journey")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="how much of the city's offices is staffed")
    parser.add_argument("--offices", help="codes of the offices to take; all others are left out")
    parser.add_argument("--out", type=Path, default=OUT, help="where the pictures go")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CERMIN_DATA_DIRECTORY"] = folder
        subprocess.run([sys.executable, "-m", "survey", "migrate"], check=True, capture_output=True)
        settings = load_settings(os.environ)
        databases = connect_all(settings)
        server = create_server(create_app(settings, databases), host="127.0.0.1", port=0, threads=4)
        threading.Thread(target=server.run, daemon=True).start()
        codes = set(given.offices.split(",")) if given.offices else None
        organisation = organise(np.random.default_rng(SEED), given.share, codes)
        with Runner(settings, databases), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            address = f"http://127.0.0.1:{server.effective_port}"
            way = Walk(address, settings, databases, browser, organisation, given.out, PATIENCE)
            print(f"{len(organisation.people):,} employees in {len(organisation.offices)} units", flush=True)
            try:
                walk(way)
            finally:
                print(table_of(way.taken), flush=True)
        server.close()
        databases.dispose()


if __name__ == "__main__":
    main()
