"""Checks that keep the local Bot API and the bot honest; nobody on the team wrote the spec."""
