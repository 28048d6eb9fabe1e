"""What changed since a known state of the project, and whether that is too much."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path("config", "baselines")  # of the committed baselines
