"""Prints how it was started."""

import os
import sys

print(__name__, os.path.basename(__file__), sys.argv[1:], os.path.basename(sys.path[0]))
print(sys.modules["__main__"].__dict__ is globals())
