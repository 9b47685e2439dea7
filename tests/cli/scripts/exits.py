"""Leaves with the code, or the message, it is given."""

import sys

code = sys.argv[1]
sys.exit(int(code) if code.isdigit() else None if code == "none" else code)
