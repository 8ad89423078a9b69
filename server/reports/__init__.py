"""The domain: what a submission becomes, how reports are found and how they end."""
