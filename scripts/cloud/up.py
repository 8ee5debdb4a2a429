"""From nothing to a deployed cloud, or to the one that is already up and the same."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cloud import build, cards, deploy, process
from cloud.clients import client
from cloud.errors import PortTaken
from cloud.outputs import outputs_of, write_outputs
from cloud.places import Place, Run
from cloud.reconcile import reconcile
from cloud.verify import verify


def up(place: Place, state: Path | None) -> None:
    """Deploys on a clean emulator, unless the same sources are up already (with the same state, if one is named)."""
    sources = build.sources()
    if is_up(place, sources, state):
        say(f"The same was up already on port {place.port}")
        return
    if process.stop(place):
        say("Something else was up, of other sources or with another state: it gives way, with all that it held")
    process.keep(start(place, state, sources))


def up_anew(place: Place, state: Path | None) -> subprocess.Popen[bytes]:
    """A cloud of one's own, which ends with this process. Raises PortTaken if one is up already."""
    if process.is_running(place):
        raise PortTaken(f"a local cloud is up on port {place.port}: scripts/local down --port {place.port} stops it")
    return start(place, state, build.sources())


def is_up(place: Place, sources: str, state: Path | None) -> bool:
    run = place.run()
    if run is None or not process.is_running(place) or not process.is_answering(place):
        return False
    return run.sources == sources and (state is None or str(state) == run.state)


def start(place: Place, state: Path | None, sources: str) -> subprocess.Popen[bytes]:
    """A deployed cloud that ends with this process, unless `process.keep` lets it go."""
    with ThreadPoolExecutor() as pool:
        translated = pool.submit(deploy.translate)
        built = pool.submit(build.layers)
        say(f"Starting the local cloud on port {place.port}")
        with process.any_port() as listening:
            provider = cards.address(listening)
            emulator = process.start(place, state, listening)
        try:
            process.wait_until_ready(place, emulator)
            adapted = deploy.adapted(place, translated.result())
            for name in adapted.dropped:
                say(f"Left out locally: {name}")
            deploy.upload(place, build.archives(translated.result(), built.result(), process.own_settings(place)))
            put(place, adapted.template, provider)
            place.record(Run(emulator.pid, sources, str(state or "")))
        except BaseException:
            process.stop(place)
            raise
    return emulator


def put(place: Place, template: dict[str, object], provider: str) -> None:
    stack = deploy.create_stack(place, template, {"DemoProviderUrl": provider})
    wanted = deploy.take_wanted(stack)
    reconcile(place, wanted)
    verify(place, wanted)
    outputs = outputs_of(place, stack)
    tell_public_url(place, outputs)
    write_outputs(place, outputs | cards.connect(place, outputs, provider))


def tell_public_url(place: Place, outputs: dict[str, str]) -> None:
    """The template says where the API is on AWS; here it is elsewhere."""
    name, url = outputs["PublicUrlParameterName"], outputs["ApiUrl"]
    client(place, "ssm").put_parameter(Name=name, Value=url, Overwrite=True)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
