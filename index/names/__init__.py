"""Names: the countries, places, organisations and people in a text, whatever their spelling."""

from index.names.finder import Mention, Names
from index.names.table import NameKind

__all__ = ["Mention", "NameKind", "Names"]
