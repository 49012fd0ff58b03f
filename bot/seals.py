"""Seals: proof that callback data is ours, and that it is tapped where it was shown.

    1<mac><body>

The version, eight characters of a MAC, and what the button does (`bot.callbacks`). Any client can
send any bytes as callback data, and a button lives for ever, so the MAC binds the body to the chat
under whose message it stands and, for what only one person may do, to that person. A message that
was sent through an inline query or as a guest stands in a chat that the bot never learns; such
buttons are bound to that way of being sent (`INLINE`), so that they are worth nothing in a chat.
The key comes from the bot's token: a new token makes all buttons old.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

VERSION = "1"
INLINE = "inline"
# 48 bits: Telegram's limits leave no hope of guessing one, and 64 bytes leave no room for more.
_MAC_BYTES = 6
_MAC_CHARS = 8
OVERHEAD_BYTES = len(VERSION) + _MAC_CHARS
_KEY_PURPOSE = b"hearsay callback data v1"


class Seals:
    """Seals callback data and opens it again.

    Args:
        token: The bot's token.
    """

    def __init__(self, token: str) -> None:
        self._key = hmac.digest(token.encode(), _KEY_PURPOSE, "sha256")

    def seal(self, body: str, place: int | str, user_id: int | None = None) -> str:
        """Callback data for a button.

        Args:
            body: What the button does.
            place: The chat's id, or `INLINE`.
            user_id: The only person who may tap it; None for everybody.
        """
        return f"{VERSION}{self._mac(body, place, user_id)}{body}"

    def opened(self, data: str | None, place: int | str, user_id: int) -> str | None:
        """The body of callback data; None where it is not ours, or not for here or this person.

        Args:
            data: As it came.
            place: The chat in which it was tapped, or `INLINE`.
            user_id: Who tapped.
        """
        body = unverified(data)
        if data is None or body is None:
            return None
        mac = data[len(VERSION) : OVERHEAD_BYTES].encode("utf-8", "surrogatepass")
        for owner in (None, user_id):
            if hmac.compare_digest(mac, self._mac(body, place, owner).encode()):
                return body
        return None

    def _mac(self, body: str, place: int | str, user_id: int | None) -> str:
        text = f"{place}|{'' if user_id is None else user_id}|{body}"
        # A client can send anything, half a surrogate pair too.
        digest = hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), sha256)
        return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()


def unverified(data: str | None) -> str | None:
    """What callback data claims to be, for the choice of a notice only; None for other versions."""
    if data is None or len(data) <= OVERHEAD_BYTES or not data.startswith(VERSION):
        return None
    return data[OVERHEAD_BYTES:]
