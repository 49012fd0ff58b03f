"""The command `hearsay`: the archive's tool for admins. One module a group of verbs."""

from index.cli.app import main

__all__ = ["main"]
