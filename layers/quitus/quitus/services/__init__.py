"""Use cases, one module each; what they need from outside is a Protocol in `ports`."""
