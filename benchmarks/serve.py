"""Serve a home for a benchmark: a sandbox without demo world and without the inspector, as production would run."""

import sys
from pathlib import Path

from hutong.kernel.settings import Settings
from hutong.server import main

if __name__ == "__main__":
    main.set_up_logs("WARNING")
    main.serve(Settings(home=Path(sys.argv[1]), port=int(sys.argv[2]), demo=False, inspector_entries=0))
