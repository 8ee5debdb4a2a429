"""The day of the story: as it usually goes, or by chance."""

from __future__ import annotations

import random

from simulation.story import acts, decide, ibans
from simulation.world import World, some

STEPS = 40
LONGEST_JUMP = 30


def in_order(world: World) -> None:
    """The story as it usually goes."""
    for act in acts(ibans(world)):
        act(world)
        world.drain()
    world.settle()
    decide(world)
    world.settle()


def by_chance(world: World, chance: random.Random) -> None:
    """The story in any order: messages twice or late, the stream in pieces, schedules and clocks as they like."""
    waiting = acts(ibans(world))
    chance.shuffle(waiting)
    world.turnstile.plan = some(chance, chance.choice((0, 0.02, 0.1)))
    world.erp.fails = lambda: chance.choice((None, None, "before", "after"))
    for _ in range(STEPS):
        match chance.randrange(9):
            case 0 | 1 if waiting:
                waiting.pop()(world)
            case 2 | 3 if world.table.stream:
                world.stream(chance.randint(1, 5))
            case 8 if world.table.unlogged:
                world.log(chance.randint(1, 20))
            case 4:
                world.tick()
            case 5:
                world.clock.tick(chance.uniform(-10, LONGEST_JUMP))
            case _ if world.queues.waiting:
                world.deliver(chance.randrange(len(world.queues.waiting)), keep=chance.random() < 0.2)
    for act in waiting:
        act(world)
    world.turnstile.plan, world.erp.fails = lambda number, name: None, lambda: None
    world.settle()
    world.turnstile.plan = some(chance, 0.05)
    decide(world)
    world.turnstile.plan = lambda number, name: None
    world.settle()
