"""Outgoing: everything that the bot sends to the Bot API passes here, at a pace that it takes.

`client` makes the requests and tells observers of them; `limiter` decides when, and is the only
place that waits where Telegram asks to wait; `bot` is the library's bot on top of both.
"""
