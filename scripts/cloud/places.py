"""Where things of the local cloud are: folders, addresses, and the record of a running one."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
BUILD = LOCAL / "build"
CLOUD_PYTHON = LOCAL / "cloud" / "bin" / "python"
RUNTIME_PYTHON = LOCAL / "runtime" / "bin" / "python"
UV = LOCAL / "uv" / "bin" / "uv"
REGION: Literal["eu-west-3"] = "eu-west-3"
STACK = "quitus-local"
DEFAULT_PORT = 4566


@dataclass(frozen=True, slots=True)
class Run:
    """A started local cloud: its process, the sources that were deployed (empty until they are), its state."""

    pid: int
    sources: str
    state: str


@dataclass(frozen=True, slots=True)
class Place:
    """All that belongs to the local cloud on one port."""

    port: int

    @property
    def folder(self) -> Path:
        return LOCAL / f"cloud-{self.port}"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def journal(self) -> Path:
        """What the functions logged; it stays until the next start on this port."""
        return self.folder / "functions.log"

    @property
    def outputs(self) -> Path:
        return self.folder / "outputs.json"

    @property
    def lock(self) -> Path:
        return LOCAL / f"cloud-{self.port}.lock"

    @property
    def _record(self) -> Path:
        return self.folder / "run.json"

    def run(self) -> Run | None:
        """The recorded run, None when nothing was started here."""
        try:
            return Run(**json.loads(self._record.read_text()))
        except FileNotFoundError:
            return None

    def record(self, run: Run) -> None:
        write_private(self._record, json.dumps(asdict(run)))


def places() -> list[Place]:
    """Every port on which this clone ever started a cloud."""
    return sorted((Place(int(folder.name[6:])) for folder in LOCAL.glob("cloud-*/")), key=lambda place: place.port)


def write_private(path: Path, text: str) -> None:
    """Writes a file whole, readable by its owner only."""
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
    draft.replace(path)
