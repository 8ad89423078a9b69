"""Hunspell: which dictionary a language has, and a child process that asks it.

A child, because Hunspell keeps global state and is not safe in threads, holds Python's lock while
it thinks (about 100 ms for suggestions, more for long compounds), cannot be interrupted, and can
crash on a broken dictionary. A web process that runs tasks itself must not suffer from any of that.
"""
