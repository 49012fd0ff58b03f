"""Calibrations: fitted numbers of the decision, one JSON file a set of models, with provenance."""
