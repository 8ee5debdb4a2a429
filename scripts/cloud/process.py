"""Starts and stops the emulator. Only a process that was recorded, and still is what was recorded, is ever stopped."""

import contextlib
import errno
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from cloud.errors import CannotStart, PortTaken
from cloud.places import CLOUD_PYTHON, REGION, ROOT, Place, Run

EMULATOR = ROOT / "scripts" / "cloud" / "emulator.py"
MARK = "quitus-local-cloud"
START_SECONDS = 30
STOP_SECONDS = 10


def environment(place: Place, state: Path | None) -> dict[str, str]:
    """All that the emulator sees; functions see it too, so it holds nothing of the caller's environment."""
    kept = {"PERSIST_STATE": "1", "S3_PERSIST": "1"} if state else {}
    data = state or place.folder / "state"
    return kept | {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place.folder),
        "TMPDIR": str(place.folder / "tmp"),
        "GATEWAY_PORT": str(place.port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "true",
        "STATE_DIR": str(data),
        "S3_DATA_DIR": str(data / "s3"),
        "AWS_ENDPOINT_URL": place.endpoint,
        "LOG_LEVEL": "INFO",
    }


def own_settings(place: Place) -> set[str]:
    """The names of the emulator's settings that a function must not see."""
    return environment(place, place.folder).keys() - {"PATH", "TMPDIR", "AWS_ENDPOINT_URL"}


def start(place: Place, state: Path | None, cards: socket.socket | None = None) -> subprocess.Popen[bytes]:
    """Starts an emulator from nothing. It stays only if `keep` is called; else it ends with this process. Beside it a
    provider of card payments serves `cards`, an open port, and ends with it.
    """
    with listen(place) as listening:
        prepare(place, state)
        ports = [one.fileno() for one in (listening, cards) if one is not None]
        with place.log.open("ab") as log:
            process = subprocess.Popen(
                [CLOUD_PYTHON, "-I", EMULATOR, place.folder, *map(str, ports)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=place.folder,
                env=environment(place, state),
                start_new_session=True,
                pass_fds=ports,
            )
    place.record(Run(process.pid, "", str(state or "")))
    return process


def listen(place: Place) -> socket.socket:
    """The port, opened: from here on it is this cloud's, and whoever calls waits until it answers."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", place.port))
        listening.listen()
    except OSError as error:
        listening.close()
        if error.errno != errno.EADDRINUSE:
            raise CannotStart(f"port {place.port} cannot be opened: {error.strerror}") from error
        raise PortTaken(f"port {place.port} is taken by another program: choose another --port") from error
    return listening


def any_port() -> socket.socket:
    """A free port of this machine, opened."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening


def prepare(place: Place, state: Path | None) -> None:
    """Empties the folders; one that another program filled is refused."""
    for folder in filter(None, (place.folder, state)):
        mark = folder / MARK
        if folder.exists() and any(folder.iterdir()) and not mark.exists():
            raise CannotStart(f"{folder} holds files of something else")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        mark.touch()
    (place.folder / "tmp").mkdir()


def wait_until_ready(place: Place, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise CannotStart(f"the emulator ended at once, see {place.log}")
        if is_answering(place):
            return
        time.sleep(0.05)
    raise CannotStart(f"the emulator did not answer within {START_SECONDS} s, see {place.log}")


def is_answering(place: Place) -> bool:
    try:
        with urllib.request.urlopen(f"{place.endpoint}/_ministack/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def keep(process: subprocess.Popen[bytes]) -> None:
    """Lets the emulator live on after this process; no signal comes between any more."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    assert process.stdin is not None
    process.stdin.write(b"stay")
    process.stdin.close()


def is_running(place: Place) -> bool:
    """Whether a cloud that this clone started runs here, deployed or not yet."""
    run = place.run()
    return run is not None and is_ours(place, run)


def is_ours(place: Place, run: Run) -> bool:
    """Whether the recorded process still runs and is the emulator of this place."""
    command = Path(f"/proc/{run.pid}/cmdline")
    if command.exists():
        return str(place.folder).encode() in command.read_bytes().split(b"\0")
    told = (
        subprocess.run(["ps", "-o", "command=", "-p", str(run.pid)], capture_output=True, text=True, check=False)
        if not Path("/proc/self").exists()
        else None
    )
    return told is not None and str(place.folder) in told.stdout.split()


def stop(place: Place) -> bool:
    """Stops the recorded emulator and its functions; False when none runs."""
    run = place.run()
    if run is None or not is_ours(place, run):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(run.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while is_ours(place, run) and time.monotonic() < deadline:
        reap(run.pid)
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    for secret in (place.outputs, place.folder / "run.json"):
        secret.unlink(missing_ok=True)
    shutil.rmtree(place.folder / "tmp", ignore_errors=True)
    return True


def end(place: Place, process: subprocess.Popen[bytes]) -> None:
    """Stops an emulator that was not kept, and leaves nothing of it."""
    stop(place)
    if process.stdin is not None:
        process.stdin.close()
    process.wait(timeout=STOP_SECONDS)
    shutil.rmtree(place.folder, ignore_errors=True)


def reap(pid: int) -> None:
    """Takes note of the end of a child of this process."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
