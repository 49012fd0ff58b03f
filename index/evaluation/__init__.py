"""Evaluation: how well the lookup does on labelled questions."""

from index.evaluation.asking import Asked, ask_all, merged, missing_claims, write_rows
from index.evaluation.beir import (
    LabelledSet,
    beir_files,
    corpus_claim_id,
    find_corpus,
    read_beir,
    read_rows,
)
from index.evaluation.bootstrap import Figure
from index.evaluation.corpus import Corpus, open_corpus
from index.evaluation.measuring import Evaluation, evaluate, measure
from index.evaluation.no_match import Bin, NoMatch
from index.evaluation.outcomes import NearMisses, Outcomes
from index.evaluation.plotting import plot, require_matplotlib
from index.evaluation.questions import Question, linked_questions, read_questions

__all__ = [
    "Asked",
    "Bin",
    "Corpus",
    "Evaluation",
    "Figure",
    "LabelledSet",
    "NearMisses",
    "NoMatch",
    "Outcomes",
    "Question",
    "ask_all",
    "beir_files",
    "corpus_claim_id",
    "evaluate",
    "find_corpus",
    "linked_questions",
    "measure",
    "merged",
    "missing_claims",
    "open_corpus",
    "plot",
    "read_beir",
    "read_questions",
    "read_rows",
    "require_matplotlib",
    "write_rows",
]
