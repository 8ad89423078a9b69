"""A site's tag: the keys it works with, where it was last seen, and what is wrong with a page."""
