"""camt.052, camt.053 and camt.054, versions .01 to .10: read by structure, streamed, proved by arithmetic."""
