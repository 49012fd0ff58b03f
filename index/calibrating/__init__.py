"""Calibrating: fits the numbers of the decision on labelled questions."""

from index.calibrating.examples import LabelledQuestion, Remembering, Source
from index.calibrating.fit import Calibrated, Figures, run
from index.calibrating.questions import as_linked, repeated_claims, written_questions

__all__ = [
    "Calibrated",
    "Figures",
    "LabelledQuestion",
    "Remembering",
    "Source",
    "as_linked",
    "repeated_claims",
    "run",
    "written_questions",
]
