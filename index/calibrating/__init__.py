"""Calibrating: fits the numbers of the decision on labelled questions."""

from index.calibrating.examples import LabelledQuestion, Remembering, Source
from index.calibrating.fit import Calibrated, Figures, run
from index.calibrating.questions import linked_questions, repeated_claims, written_questions

__all__ = [
    "Calibrated",
    "Figures",
    "LabelledQuestion",
    "Remembering",
    "Source",
    "linked_questions",
    "repeated_claims",
    "run",
    "written_questions",
]
