"""Quitus: rent collection for French social landlords."""
