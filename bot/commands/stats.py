"""/stats: what was asked and answered lately; only editors have it."""

from bot.commands import Command
from bot.editors.handlers import on_stats

COMMAND = Command("stats", on_stats, rank=70, for_editors=True)
