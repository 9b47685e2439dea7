"""All tests: people are spoken to in English, whatever the machine's locale."""

import os

os.environ["TIDEGATE_LANG"] = "en"
