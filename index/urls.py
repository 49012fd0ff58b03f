"""URLs: the one place that decides whether two addresses are the same page."""

import re
from urllib.parse import urlsplit

_URL = re.compile(r"https?://[^\s<>\"'\u201c\u201d\u00ab\u00bb]+", re.IGNORECASE)
# As Twitter shows the address of a picture, often without a space before it.
_PICTURE = re.compile(r"pic\.twitter\.com/\w+")
_TRAILING = ".,;:!?)]}\u2026"
_MOBILE = re.compile(r"^(?:www|m|mobile|amp)\.")
_RENAMED = {"twitter.com": "x.com", "youtube-nocookie.com": "youtube.com"}
# A video, by any of the addresses that lead to it; where in it a link starts does not count.
_VIDEO = re.compile(
    r"^(?:youtu\.be/|youtube\.com/(?:shorts/|embed/|live/|v/|watch\?(?:.*&)?v=))([\w-]+)"
)
# The page of an account, which shows something else every day.
_ACCOUNT = re.compile(
    r"^(?:x\.com/\w+|instagram\.com/[\w.]+|t\.me/(?:s/)?\w+|tiktok\.com/(?:@|%40)[\w.]+"
    r"|vk\.com/(?!wall|video|photo)[\w.]+|facebook\.com/(?!\w+\.php|watch)[\w.-]+"
    r"|youtube\.com/(?:@|%40|channel/|c/|user/)[^?]+)(?:\?.*)?$"
)


def find_urls(text: str) -> list[str]:
    """The http(s) addresses in a text, without the punctuation that follows them."""
    return [_trimmed(found) for found in _URL.findall(text)]


def without_urls(text: str) -> str:
    """The text without its http(s) addresses, and those of pictures on Twitter."""
    return _PICTURE.sub(" ", _URL.sub(" ", text))


def url_key(url: str) -> str | None:
    """The key under which two addresses count as the same page; None if it is no web page.

    Scheme, "www.", mobile hosts, fragments, trailing slashes and tracking parameters do not
    count, nor where in a video a link starts. The bare address of a site, or of somebody's account
    at a network, is no page: it gives None.
    """
    from courlan import normalize_url  # noqa: PLC0415 (slow to import)

    try:
        parts = urlsplit(normalize_url(url.strip(), trailing_slash=False))
        host = _MOBILE.sub("", parts.hostname or "")
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    if parts.scheme not in {"http", "https"} or "." not in host or not (path or parts.query):
        return None
    host = _RENAMED.get(host, host)
    # At X a query tells who shared the post.
    key = f"{host}{path}?{parts.query}" if parts.query and host != "x.com" else f"{host}{path}"
    if video := _VIDEO.match(key):
        return f"youtube.com/watch?v={video[1]}"
    return None if _ACCOUNT.match(key) else key


def _trimmed(url: str) -> str:
    """The address without what closes the sentence; a bracket that it opens itself stays."""
    trimmed = url.rstrip(_TRAILING)
    follows = url[len(trimmed) : len(trimmed) + 1]
    return (
        trimmed + follows if follows == ")" and trimmed.count("(") > trimmed.count(")") else trimmed
    )
