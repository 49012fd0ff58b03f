"""The local Bot API: a stateful Telegram on the loopback interface, for chats without a token.

The terminal chat and the tests talk to the same bot through it, over real HTTP.
"""

from bot.loopback.asked import Asked
from bot.loopback.chats import ChatKind, Standing
from bot.loopback.faults import Fault, FaultKind
from bot.loopback.messages import Button, Message
from bot.loopback.people import Person
from bot.loopback.recorder import Call
from bot.loopback.rooms import Room
from bot.loopback.server import LoopbackServer

__all__ = [
    "Asked",
    "Button",
    "Call",
    "ChatKind",
    "Fault",
    "FaultKind",
    "LoopbackServer",
    "Message",
    "Person",
    "Room",
    "Standing",
]
