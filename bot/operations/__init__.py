"""Operations: what the one who runs the bot can see of it: metrics, health, the service manager.

`Metrics` is counted into from three places: the update processor (`updates`), the HTTP client of
the Bot API (`requests`) and the lookup (`lookups`). `server` serves it and what `health` makes of
it on the loopback interface; `running` ties all of this to a bot that runs. No label and no log
line holds an id of a person or chat, or anything that somebody wrote.
"""
