"""Hearsay's Telegram bot. It speaks; `index` decides.

`app.build_application` is the map: one ordered list of handlers. A handler reads the message
(`questions`), asks the lookup off the event loop (`workers`), renders the answer (`replies`) and
sends it (`sender`).
"""
