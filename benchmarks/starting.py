"""How long `qiantai serve` takes from the command to healthy, and how much memory it holds then."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx

from bot.__main__ import DEMO_STORE
from tests.services import free_port

ROUNDS = 5
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.01
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


def _environment(folder: Path, port: int) -> dict[str, str]:
    own = {"QIANTAI_DATA": str(folder / "data"), "QIANTAI_PORT": str(port), "QIANTAI_METRICS_PORT": "0"}
    return os.environ | own | {"QIANTAI_WEB_CHAT": "on", "NO_PROXY": "127.0.0.1"}


def start(folder: Path) -> tuple[float, float | None]:
    """Seconds until the first healthy answer, and the megabytes resident then (where the system tells)."""
    port = free_port()
    environment = _environment(folder, port)
    subprocess.run(
        [sys.executable, "-m", "bot", "load", str(DEMO_STORE)], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    begun = perf_counter()
    serving = subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=environment, stdout=subprocess.DEVNULL)
    try:
        _until_healthy(port, serving)
        return perf_counter() - begun, _resident_mb(serving.pid)
    finally:
        serving.terminate()
        serving.wait()


def _until_healthy(port: int, serving: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        while time.monotonic() < ends and serving.poll() is None:
            try:
                if http.get("/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(POLL_SECONDS)
    raise AssertionError("the front desk did not become healthy")


def _resident_mb(pid: int) -> float | None:
    status = Path(f"/proc/{pid}/status")
    found = RESIDENT.search(status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else None


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Medians over some starts, each on a store of its own."""
    starts = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            starts.append(start(Path(folder)))
    memory = [resident for _, resident in starts if resident is not None]
    figures = {"seconds_to_healthy": round(median(seconds for seconds, _ in starts), 2)}
    return figures | ({"resident_mb": round(median(memory))} if memory else {})


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
