"""The life of a strategy: thresholds, gates (evidence in, checks out), identity. Pure."""
