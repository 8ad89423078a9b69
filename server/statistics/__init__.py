"""Figures about reports: what came, what became of it, how fast. Each is a table first; the
dashboard draws it and gives it out as CSV."""
