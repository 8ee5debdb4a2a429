"""One rebuild: the log onto a shelf, the shelf into a new table, everything held against everything."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from demonstration.progress import Progress
from quitus.adapters.view_keys import is_view
from quitus.services.envelopes import Envelopes
from quitus.services.raw_files import RawFiles
from quitus.services.rebuild import Difference, Digest, differences, digest
from quitus.services.table import Key, Row
from rebuilding.chains import Chains
from rebuilding.findings import Findings
from rebuilding.objects import Objects, logged_changes, logged_events, row_names
from rebuilding.papers import Papers, Reread
from rebuilding.shelf import DiskShelf
from rebuilding.tables import Held, Target

_EVERY, _SHOWN = 1000, 20


@dataclass(frozen=True, slots=True)
class Sources:
    """What a table is rebuilt from."""

    objects: Objects
    raw: RawFiles
    envelopes: Envelopes
    chance: random.Random | None = None
    """Reads actions and raw files in an order of chance, which changes nothing."""

    def ordered[T](self, things: Iterable[T]) -> list[T]:
        """The things in the order in which they are to be read."""
        listed = list(things)
        if self.chance is not None:
            self.chance.shuffle(listed)
        return listed


@dataclass(frozen=True, slots=True)
class Sums:
    """The digests of a table: of what decides, and of the views, which follow it by moments."""

    canonical: Digest
    views: Digest

    @classmethod
    def of(cls, shelf: DiskShelf) -> Sums:
        """The digests of what a shelf holds."""
        return cls(digest(shelf.rows(), _decides), digest(shelf.rows(), is_view))


@dataclass(slots=True)
class Report:
    """What a rebuild came to."""

    actions: int
    log: Sums
    findings: Findings
    reread: Reread
    entries: int
    rebuilt: Sums | None = None
    live: Sums | None = None
    unlike: list[Difference] = field(default_factory=list)
    """The first rows, no views, that the live table has otherwise."""

    @property
    def is_clean(self) -> bool:
        """Whether all digests are the same, and nothing was found wrong."""
        others = (held.canonical for held in (self.rebuilt, self.live) if held is not None)
        return not self.findings.counts and all(other == self.log.canonical for other in others)


def rebuild(sources: Sources, live: Held | None, target: Target | None, progress: Progress) -> Report:
    """Rebuild into a target, or only compare when there is none. The live table is only read."""
    with TemporaryDirectory(prefix="quitus-rebuild-") as folder, DiskShelf(Path(folder) / "log") as shelf:
        actions = _read_log(sources, shelf, progress)
        report = _checked(sources, shelf, actions, progress)
        if target is not None:
            with progress.stage("Writing the new table", len(shelf)) as stage:
                for written in target.fill(shelf.rows()):
                    stage.reached(written)
            with _shelved(target, Path(folder) / "new", "Reading the new table back", progress) as held:
                report.rebuilt = Sums.of(held)
        if live is not None:
            with _shelved(live, Path(folder) / "live", "Reading the live table", progress) as held:
                report.live = Sums.of(held)
                unlike = differences(_deciding(shelf), _deciding(held))
                report.unlike = list(islice(unlike, _SHOWN))
    return report


def _read_log(sources: Sources, shelf: DiskShelf, progress: Progress) -> int:
    with progress.stage("Listing the action log"):
        names = sources.ordered(row_names(sources.objects))
    with progress.stage("Reading the action log", len(names)) as stage:
        shelf.keep(logged_changes(sources.objects, names, stage.reached))
    return len(names)


def _checked(sources: Sources, shelf: DiskShelf, actions: int, progress: Progress) -> Report:
    """The rows against each other, against the raw files, and against the events that were accepted."""
    findings = Findings()
    chains, papers = Chains(findings), Papers(sources.raw, sources.envelopes, shelf.get, findings)
    with progress.stage("Checking the entries", len(shelf)) as stage:
        for row in _counted(shelf.rows(), stage.reached):
            chains.see(row)
            papers.see(row)
        chains.check()
    with progress.stage("Reading the raw files again", papers.files) as stage:
        for count, _ in enumerate(papers.check(sources.ordered), 1):
            stage.reached(count)
    with progress.stage("Looking for each event") as stage:
        for text in logged_events(sources.objects, stage.reached):
            papers.check_event(text)
    return Report(actions, Sums.of(shelf), findings, papers.reread, chains.entries)


def _shelved(table: Held, file: Path, title: str, progress: Progress) -> DiskShelf:
    shelf = DiskShelf(file)
    with progress.stage(title) as stage:
        shelf.keep_rows(_counted(table.rows(), stage.reached))
    return shelf


def _counted(rows: Iterable[Row], told: Callable[[int], None]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        yield row
        if count % _EVERY == 0:
            told(count)


def _deciding(shelf: DiskShelf) -> Iterator[Row]:
    return (row for row in shelf.rows() if _decides(Key.of(row)))


def _decides(key: Key) -> bool:
    return not is_view(key)
