"""Delivery: updates come in, wait in the inbox, and are handled, each once.

`polling` or `webhook` takes them in: an update is in `bot.state.inbox` before Telegram is told that
it arrived. `dispatcher` hands them to the application, in order within a chat and several chats at
once. `answering` notes in the inbox that an answer is about to go out, so that a crash neither
loses an update nor answers one twice. `running` puts this together around a bot, and takes it apart
in order.
"""
