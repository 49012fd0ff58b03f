"""Bot: the library's bot on our client and limiter, which shows its token nowhere."""

from collections.abc import Callable, Sequence

from telegram.error import InvalidToken
from telegram.ext import Defaults, ExtBot

from bot.outgoing.client import BotApiClient
from bot.outgoing.limiter import Limiter, Patience
from bot.outgoing.requests import Observer

# One polls, the other is for what must not wait for it.
_N_POLLING = 2


class OutgoingBot(ExtBot[Patience]):
    """A bot at a Bot API.

    Args:
        token: Its token.
        api_url: Where the Bot API is, up to and with "/bot".
        n_connections: How many requests may be under way at once, besides polling.
        observers: Are told of every request.
        polling_observers: Are told of every getUpdates.
        on_leaving: Told of a method just before its request is written.
        limiter: Lets messages out.
        defaults: What is set where a call does not say.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        *,
        n_connections: int = 1,
        observers: Sequence[Observer] = (),
        polling_observers: Sequence[Observer] = (),
        on_leaving: Callable[[str], None] | None = None,
        limiter: Limiter | None = None,
        defaults: Defaults | None = None,
    ) -> None:
        super().__init__(
            token,
            api_url,
            request=BotApiClient(api_url, n_connections, observers, on_leaving=on_leaving),
            get_updates_request=BotApiClient(api_url, _N_POLLING, polling_observers),
            defaults=defaults,
            rate_limiter=limiter or Limiter(),
        )

    def __repr__(self) -> str:
        """The bot's number, which is no secret."""
        return f"{type(self).__name__}[{self.token.partition(':')[0]}]"

    async def initialize(self) -> None:
        """Open the clients and ask Telegram who the bot is.

        Raises:
            InvalidToken: Telegram knows no such token; the library's error would show it.
            TelegramError: It could not be asked.
        """
        try:
            await super().initialize()
        except InvalidToken:
            raise InvalidToken("Telegram does not know this token") from None
