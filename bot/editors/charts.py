"""Charts: the statistics as a picture with a caption, drawn in the pool of threads."""

from collections.abc import Mapping

from bot.messages import Catalogue
from bot.sender import Photo
from bot.state.statistics import OTHER, DayCount, Stats
from index import Outcome


def drawn_stats(stats: Stats, texts: Mapping[str, str], words: Catalogue) -> Photo:
    """Draw what was answered over some days.

    Args:
        stats: The counts.
        texts: Texts of the claims that are on record still, by id.
        words: The editor's language.
    """
    # Imported here, so that the bot starts without the libraries that draw.
    from bot.pictures import chart  # noqa: PLC0415

    def on_day(day: DayCount) -> chart.DayCounts:
        counts = {each.name.lower(): each.n for each in day.outcomes}
        n_match, n_similar, n_none = (
            counts.get(outcome.name.lower(), 0)
            for outcome in (Outcome.MATCH, Outcome.SIMILAR, Outcome.NONE)
        )
        return chart.DayCounts(day.day, n_match, n_similar, n_none)

    png = chart.stats_png(
        chart.Stats(
            tuple(map(on_day, stats.days)),
            tuple(
                chart.LanguageCount(each.name, each.n)
                for each in stats.languages
                if each.name != OTHER
            ),
            tuple(
                chart.ClaimCount(texts.get(each.name) or each.name, each.n) for each in stats.claims
            ),
        ),
        words,
    )
    return Photo(png, words("stats.heading", n=len(stats.days)))
