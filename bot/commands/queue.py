"""/queue: what waits for an editor; only editors have it."""

from bot.commands import Command
from bot.editors.handlers import on_queue

COMMAND = Command("queue", on_queue, rank=60, for_editors=True)
