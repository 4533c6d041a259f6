"""From pinned files to one table of figures: sources, answers of surveys, their union."""
