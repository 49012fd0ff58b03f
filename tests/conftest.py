"""What all tests share."""

import os

from hypothesis import settings

pytest_plugins = ["botapi.fixtures", "commandline", "logsearch"]

# How long an example takes says more about the machine than about the code. The examples are the
# same every time, so that a change is judged by what it changes; "explore" draws new ones.
settings.register_profile("hearsay", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "hearsay"))
