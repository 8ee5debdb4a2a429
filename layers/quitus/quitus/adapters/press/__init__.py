"""Prints letters: the template, its fonts, and the engine that sets them."""
