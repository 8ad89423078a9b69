"""A newspaper to try Copydesk on."""
