"""What can go wrong with the local cloud; each is one sentence for the person at the terminal."""


class LocalCloudError(Exception):
    """The command cannot be carried out."""


class CannotBuild(LocalCloudError):
    """Layers or functions could not be built."""


class CannotStart(LocalCloudError):
    """The emulator could not be started."""


class PortTaken(CannotStart):
    """Something else has the port: a program, or a local cloud where a new one was asked for."""


class CannotDeploy(LocalCloudError):
    """The stack could not be created."""


class Differs(LocalCloudError):
    """What is deployed is not what the template says."""


class NotUp(LocalCloudError):
    """Nothing is up on this port."""


class NotIdle(LocalCloudError):
    """Work is left after the time that was given."""


class NoToken(LocalCloudError):
    """No token can be issued for this."""
