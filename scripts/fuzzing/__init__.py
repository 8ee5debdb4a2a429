"""`scripts/fuzz`: what no bank sends, by the hundred thousand."""
