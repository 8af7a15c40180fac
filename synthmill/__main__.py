"""`python -m synthmill` is the command `synthmill`."""

import sys

from synthmill.command import main

sys.exit(main())
