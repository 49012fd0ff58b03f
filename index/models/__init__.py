"""What was trained for Hearsay: the pair model, and the change by which an encoder reads questions.

See `benchmarks/pair_model` and `benchmarks/question_encoder.py`.
"""
