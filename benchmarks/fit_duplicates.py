"""Fit the probability of `hearsay duplicates` on pairs of texts about the same case.

    python benchmarks/fit_duplicates.py DATASETS/euvsdisinfo

Pairs that are the same: a case summary and the title of its case. Pairs that are not: the summary
and the five nearest titles of other cases. Prints the constants of `index/duplicates.py` and what
they reach by five-fold cross-validation.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from index.answers import Aspect
from index.claims import Claim
from index.comparison import compare
from index.embedder import load_encoder
from index.evaluation import read_beir, read_rows
from index.names import Names
from index.settings import load_settings

SIGNS = ((0, None), (0, None), (None, 0), (None, 0), (None, 0), (None, None))
LABELS = ("_COSINE", "_COSINE_OTHER", "_NAME_CONFLICT", "_NUMBER_CONFLICT", "_NEGATED")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    labelled = read_beir(folder, "dev")
    rows = list(read_rows(labelled.corpus))
    titles = [row["text"] for row in rows]
    place = {row["_id"]: n for n, row in enumerate(rows)}
    encoders = [load_encoder(name) for name in load_settings().encoders]
    corpus = [encoder.encode(titles) for encoder in encoders]
    names = Names.load()
    features, labels, groups = [], [], []
    for group, (qid, text) in enumerate(labelled.queries.items()):
        asked = [encoder.encode([text])[0] for encoder in encoders]
        cosines = np.array([table @ vector for table, vector in zip(corpus, asked, strict=True)])
        gold = {place[each] for each in labelled.qrels[qid]}
        near = [n for n in np.argsort(-cosines.sum(0))[:12].tolist() if n not in gold][:5]
        for n in [*gold, *near]:
            found = compare(names, text, Claim("x", titles[n]), titles[n])
            # Two that have the very same title are the same case to everybody but the labels.
            if n not in gold and titles[n] in {titles[each] for each in gold}:
                continue
            conflicts = sum(
                each.aspect not in {Aspect.NUMBER, Aspect.DATE, Aspect.NEGATION}
                and bool(each.archived)
                for each in found.differences
            )
            numbers = found.n_numbers_conflicting
            features.append([*cosines[:, n], conflicts, numbers, float(found.is_negated)])
            labels.append(float(n in gold))
            groups.append(group)
    x, y, fold = np.array(features), np.array(labels), np.array(groups) % 5
    chances = np.zeros(len(y))
    for each in range(5):
        found = fit(x[fold != each], y[fold != each])
        chances[fold == each] = logistic(x[fold == each], found)
    order = np.argsort(-chances)
    for n in (len(y) // 20, len(y) // 10, int(y.sum())):
        print(f"precision of the best {n} pairs: {y[order[:n]].mean():.3f}")
    print(f"Brier score {np.mean((chances - y) ** 2):.4f}, pairs {len(y)}, same {int(y.sum())}")
    found = fit(x, y)
    print(f"_INTERCEPT = {found[-1]:.2f}")
    for label, value in zip(LABELS, found[:-1], strict=True):
        print(f"{label} = {value:.2f}")


def logistic(x: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(x @ parameters[:-1] + parameters[-1])))


def fit(x: np.ndarray, y: np.ndarray, strength: float = 1e-4) -> np.ndarray:
    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logit = x @ parameters[:-1] + parameters[-1]
        slope = (1 / (1 + np.exp(-logit)) - y) / len(y)
        value = np.mean(np.logaddexp(0, logit) - y * logit)
        penalty = strength * parameters[:-1] @ parameters[:-1]
        gradient = np.append(x.T @ slope + 2 * strength * parameters[:-1], slope.sum())
        return float(value + penalty), gradient

    return minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=SIGNS, method="L-BFGS-B").x


if __name__ == "__main__":
    main()
