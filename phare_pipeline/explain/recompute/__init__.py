"""Recomputes figures from their sources or from what is published under them; prints nothing."""
