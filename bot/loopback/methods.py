"""Methods: the table of what the local Bot API can do, besides getUpdates and webhooks."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.loopback import editing, membership, profile, queries, sending
from bot.loopback.parameters import Parameters
from bot.loopback.world import World

Method = Callable[[World, Parameters], Any]


def _log_out(_world: World, _call: Parameters) -> bool:
    return True


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "getMe": profile.get_me,
        "sendMessage": sending.send_message,
        "sendPhoto": sending.send_photo,
        "sendDocument": sending.send_document,
        "sendChatAction": sending.send_chat_action,
        "forwardMessage": sending.forward_message,
        "copyMessage": sending.copy_message,
        "editMessageText": editing.edit_message_text,
        "editMessageCaption": editing.edit_message_caption,
        "editMessageReplyMarkup": editing.edit_message_reply_markup,
        "deleteMessage": editing.delete_message,
        "setMessageReaction": editing.set_message_reaction,
        "answerCallbackQuery": queries.answer_callback_query,
        "answerInlineQuery": queries.answer_inline_query,
        "answerGuestQuery": queries.answer_guest_query,
        "setMyCommands": profile.set_my_commands,
        "getMyCommands": profile.get_my_commands,
        "deleteMyCommands": profile.delete_my_commands,
        "setMyName": profile.set_my_name,
        "getMyName": profile.get_my_name,
        "setMyDescription": profile.set_my_description,
        "getMyDescription": profile.get_my_description,
        "setMyShortDescription": profile.set_my_short_description,
        "getMyShortDescription": profile.get_my_short_description,
        "getChat": membership.get_chat,
        "getChatMember": membership.get_chat_member,
        "getChatMemberCount": membership.get_chat_member_count,
        "getChatAdministrators": membership.get_chat_administrators,
        "leaveChat": membership.leave_chat,
        "logOut": _log_out,
        "close": _log_out,
    }
)
"""Every method by its name; the server looks names up regardless of case."""
