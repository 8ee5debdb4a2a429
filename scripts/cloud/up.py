"""From nothing to a deployed cloud, or to the one that is already up and the same."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cloud import build, deploy, process
from cloud.outputs import outputs_of, write_outputs
from cloud.places import Place, Run
from cloud.reconcile import reconcile
from cloud.verify import verify


def up(place: Place, state: Path | None) -> None:
    """Deploys on a clean emulator, unless the same sources are up already (with the same state, if one is named)."""
    sources = build.sources()
    if not is_up(place, sources, state):
        process.stop(place)
        process.keep(start(place, state, sources))


def is_up(place: Place, sources: str, state: Path | None) -> bool:
    run = place.run()
    if run is None or not process.is_ours(place, run) or not process.is_answering(place):
        return False
    return run.sources == sources and (state is None or str(state) == run.state)


def start(place: Place, state: Path | None, sources: str) -> subprocess.Popen[bytes]:
    """A deployed cloud that ends with this process, unless `process.keep` lets it go."""
    with ThreadPoolExecutor() as pool:
        translated = pool.submit(deploy.translate)
        built = pool.submit(build.layers)
        say(f"Starting the local cloud on port {place.port}")
        emulator = process.start(place, state)
        try:
            process.wait_until_ready(place, emulator)
            adapted = deploy.adapted(place, translated.result())
            for name in adapted.dropped:
                say(f"Left out locally: {name}")
            deploy.upload(place, build.archives(built.result(), process.own_settings(place)))
            put(place, adapted.template)
            place.record(Run(emulator.pid, sources, str(state or "")))
        except BaseException:
            process.stop(place)
            raise
    return emulator


def put(place: Place, template: dict[str, object]) -> None:
    stack = deploy.create_stack(place, template)
    wanted = deploy.take_wanted(stack)
    reconcile(place, wanted)
    verify(place, wanted)
    write_outputs(place, outputs_of(place, stack))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
