"""Rooms: groups, supergroups and channels, and who comes, goes and rules there."""

from typing import TYPE_CHECKING

from bot.loopback.chats import Chat, ChatKind, Standing, User
from bot.loopback.conversation import Conversation
from bot.loopback.entities import detect_entities
from bot.loopback.messages import Message
from bot.loopback.world import World

if TYPE_CHECKING:
    from bot.loopback.people import Person

# The account under which Telegram shows what administrators write in the name of their group.
_ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
# The one under which it shows what people write in the name of a channel.
_CHANNEL = User(136817688, "Channel", "Channel_Bot", is_bot=True)


class Room(Conversation):
    """A group, supergroup or channel.

    Args:
        world: Where it is.
        chat: Its state.
    """

    def __init__(self, world: World, chat: Chat) -> None:
        super().__init__(chat, world.bot)
        self._world = world

    @property
    def owner(self) -> User:
        """Who created it."""
        owners = (uid for uid, s in self.chat.members.items() if s is Standing.CREATOR)
        return self._world.users[next(owners)]

    def add(self, who: "Person | User") -> None:
        """Let the owner add somebody, for example the bot; people see a service message."""
        user = _user(who)
        self._world.set_standing(self.chat, user, Standing.MEMBER, by=self.owner)
        if self.chat.is_group:
            self._world.service(self.chat, self.owner, new_chat_members=[user.to_json()])

    def remove(self, who: "Person | User") -> None:
        """Let the owner throw somebody out, for example the bot."""
        user = _user(who)
        if self.chat.is_group:
            self._world.service(self.chat, self.owner, left_chat_member=user.to_json())
        self._world.set_standing(self.chat, user, Standing.KICKED, by=self.owner)

    def promote(self, who: "Person | User") -> None:
        """Make somebody an administrator."""
        self._world.set_standing(self.chat, _user(who), Standing.ADMINISTRATOR, by=self.owner)

    def demote(self, who: "Person | User") -> None:
        """Make an administrator a member like any other."""
        self._world.set_standing(self.chat, _user(who), Standing.MEMBER, by=self.owner)

    def restrict(self, who: "Person | User") -> None:
        """Take the right to write from somebody."""
        self._world.set_standing(self.chat, _user(who), Standing.RESTRICTED, by=self.owner)

    def posts(self, text: str) -> Message:
        """Let a channel publish a post."""
        world, chat = self._world, self.chat
        message = Message(chat.next_message_id(), chat, None, world.now(), text)
        message.entities = detect_entities(text)
        return world.post(message)

    def says_anonymously(self, text: str) -> Message:
        """Let an administrator write in the name of the group."""
        return self._says_as(_ANONYMOUS, self.chat, text)

    def says_as_channel(self, channel: "Room", text: str) -> Message:
        """Let a member write in the name of a channel."""
        return self._says_as(_CHANNEL, channel.chat, text)

    def _says_as(self, account: User, speaker: Chat, text: str) -> Message:
        world, chat = self._world, self.chat
        message = Message(chat.next_message_id(), chat, account, world.now(), text)
        message.entities = detect_entities(text)
        message.extra = {"sender_chat": speaker.to_json()}
        return world.post(message)

    def migrate(self) -> None:
        """Upgrade a group to a supergroup; this object then stands for the new chat."""
        old = self.chat
        members = [self._world.users[user_id] for user_id in old.members]
        new = self._world.add_chat(ChatKind.SUPERGROUP, old.title, members)
        new.members = dict(old.members)
        self._world.service(old, self.owner, migrate_to_chat_id=new.chat_id)
        old.migrated_to = new.chat_id
        self._watch(new)
        self._world.service(new, self.owner, migrate_from_chat_id=old.chat_id)


def _user(who: "Person | User") -> User:
    return who if isinstance(who, User) else who.user
