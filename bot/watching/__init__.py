"""Watching: tells people when a claim that they watch changes, or their question finds a claim."""
