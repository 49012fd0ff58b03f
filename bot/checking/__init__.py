"""Checking: `hearsay-bot check` looks at everything that a start needs, and changes nothing of it.

A module looks at one side: `machine` at disk and files, `connection` at Telegram, `answers` at the
archive and the models. Each gives `findings`, which say what to do next.
"""
