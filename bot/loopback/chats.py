"""Chats: the users, the chats that they share with the bot, and who may do what in them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.loopback.signals import Signal

if TYPE_CHECKING:
    from bot.loopback.messages import Message


class ChatKind(StrEnum):
    """The Bot API's chat types."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Standing(StrEnum):
    """The Bot API's chat member statuses."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"

    @property
    def is_inside(self) -> bool:
        """Whether a user with this status takes part in the chat."""
        return self not in {Standing.LEFT, Standing.KICKED}


_ADMIN_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
_GRANTED = frozenset({"can_manage_chat", "can_delete_messages", "can_invite_users"})
_MEMBER_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(slots=True, eq=False)
class User:
    """A person or a bot.

    Args:
        user_id: A positive number.
        first_name: The name that people see.
        username: Without `@`; None when there is none.
        language: The IETF tag of the user's app.
        is_bot: Whether it is a bot.
        is_deactivated: Whether the account was deleted.
        is_known: Whether our bot has ever seen this user.
    """

    user_id: int
    first_name: str
    username: str | None = None
    language: str | None = None
    is_bot: bool = False
    is_deactivated: bool = False
    is_known: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the `User` object."""
        payload: dict[str, Any] = {
            "id": self.user_id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
        }
        if self.username:
            payload["username"] = self.username
        if self.language and not self.is_bot:
            payload["language_code"] = self.language
        return payload


@dataclass(slots=True, eq=False)
class Chat:
    """A conversation and all that happened in it.

    Args:
        chat_id: The user's id in private, negative otherwise, from -100… for supergroups.
        kind: The type of chat.
        title: The title, or the user's first name in private.
        username: The public name without `@`, or None.
        is_forum: Whether a supergroup has topics.
        members: The standing of each user that ever was in it, by user id.
        messages: All messages that were not deleted, by message id.
        whispers: The ephemeral messages that the bot sent, in order.
        events: What happened, in order: (`new`, `edit`, `delete` or `whisper`, the message).
        changed: Fires after each event.
        last_bot_id: The bot that spoke last.
        migrated_to: The id of the supergroup that took this group's place, or None.
        actions: The chat actions that the bot has shown, in order.
        n_issued: How many message ids were given out; deleted ones are not given again.
    """

    chat_id: int
    kind: ChatKind
    title: str
    username: str | None = None
    is_forum: bool = False
    members: dict[int, Standing] = field(default_factory=dict)
    messages: dict[int, "Message"] = field(default_factory=dict)
    whispers: list["Message"] = field(default_factory=list)
    events: list[tuple[str, "Message"]] = field(default_factory=list)
    changed: Signal = field(default_factory=Signal)
    last_bot_id: int | None = None
    migrated_to: int | None = None
    actions: list[str] = field(default_factory=list)
    n_issued: int = 0

    @property
    def is_group(self) -> bool:
        """Whether it is a group or a supergroup."""
        return self.kind in {ChatKind.GROUP, ChatKind.SUPERGROUP}

    def standing(self, user_id: int) -> Standing:
        """Return the standing of a user; who was never in the chat has left it."""
        return self.members.get(user_id, Standing.LEFT)

    def next_message_id(self) -> int:
        """Issue the next message id of this chat."""
        self.n_issued += 1
        return self.n_issued

    def record(self, event: str, message: "Message") -> None:
        """Note that something happened to a message and wake whoever waits for it."""
        self.events.append((event, message))
        self.changed.fire()

    def to_json(self) -> dict[str, Any]:
        """Return the `Chat` object."""
        payload: dict[str, Any] = {"id": self.chat_id, "type": self.kind.value}
        payload["first_name" if self.kind is ChatKind.PRIVATE else "title"] = self.title
        if self.username:
            payload["username"] = self.username
        if self.is_forum:
            payload["is_forum"] = True
        return payload

    def full_json(self) -> dict[str, Any]:
        """Return the `ChatFullInfo` object."""
        accepted = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
        payload = self.to_json() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys((*accepted, "gifts_from_channels"), False),
        }
        if self.username:
            payload["active_usernames"] = [self.username]
        if self.is_group:
            payload["permissions"] = dict.fromkeys(_MEMBER_RIGHTS, True)
        return payload


def member_json(user: User, standing: Standing) -> dict[str, Any]:
    """Return the `ChatMember` object of a user with this standing."""
    payload: dict[str, Any] = {"user": user.to_json(), "status": standing.value}
    match standing:
        case Standing.CREATOR:
            payload["is_anonymous"] = False
        case Standing.ADMINISTRATOR:
            payload |= {right: right in _GRANTED for right in _ADMIN_RIGHTS}
        case Standing.RESTRICTED:
            payload |= dict.fromkeys(_MEMBER_RIGHTS, False)
            payload |= {"is_member": True, "until_date": 0}
        case Standing.KICKED:
            payload["until_date"] = 0
    return payload
