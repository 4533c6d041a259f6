"""Makes the exports of the demonstration study: invented answers that give the figures of 2016.

What belongs here: who is invented, which weights they get, what they answer, and how three survey
programs would have exported it. Everything is synthetic and says so; reading the exports, weighting
and estimating are the product's own modules, which this study is there to try.
"""

from examples.phare_demo.generating import DEMO_STUDY, write_demo_exports

__all__ = ["DEMO_STUDY", "write_demo_exports"]
