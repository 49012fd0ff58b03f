"""Pictures: claims and figures as PNG, drawn with Pillow. Pure; call them in the pool of threads.

A page is laid out as text of many scripts: `fonts` chooses a font for each character, `direction`
says which way it runs, `breaks` where a line may end, `typesetting` puts that together, and
`canvas` draws it. `card` and `chart` only say what stands where.
"""
