"""The explorer: one HTML file that shows the published figures without a network or a server.

``build`` puts rows and page together; ``page/`` holds the page itself: template, style sheet and
scripts, each with one subject. The scripts read Parquet themselves: nothing of others is shipped.
"""
