"""The PHARE pipeline: from raw extracts to regional figures and a fragility index."""

import time

# When this process began to load the code: a module that was changed later may not be what runs.
STARTED_NS = time.time_ns()
