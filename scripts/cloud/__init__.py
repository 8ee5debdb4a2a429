"""The local cloud: an emulator with the real template deployed on it."""
