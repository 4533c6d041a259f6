"""From what was built to what is published: cuts, baskets, the release; nothing is left half."""
