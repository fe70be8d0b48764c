"""The declared checks: pure functions from the artifacts of a visit to verdicts."""
