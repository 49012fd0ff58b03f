"""Articles: drafts one claim record from the text of a news article, by rules and the encoder.

A document is split into sentences (`document`), the words and patterns of its language are looked
up (`lexicon`), every reported-speech frame is found (`attribution`), its source named
(`mentions`) and its content put as a declarative sentence (`claim_sentence`). The most central
proposition is the claim; the answers to it are gathered (`responses`), and `drafting` writes the
record with the sentence that each value came from.
"""
