"""scripts/rebuild: the table anew from the action log, held against the raw files."""
