"""Unit tests of the host software: its pure parts, without root and without sudo.

python3 -m unittest discover -s test/host -t .
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "host"))
