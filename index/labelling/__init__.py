"""Labelling: an operator says which claims questions are about, a key a judgement."""

from index.labelling.labels import Labels
from index.labelling.session import Choice, Desk, Page, Session
from index.labelling.unlabelled import read_unlabelled

__all__ = ["Choice", "Desk", "Labels", "Page", "Session", "read_unlabelled"]
