"""How the documentation is built: ``make docs`` writes it to build/docs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

from pipeline.release import RELEASE

project = "Dropleaf"
author = "the Dropleaf authors"
release = version = RELEASE
extensions = ["myst_parser", "sphinx_copybutton", "reference_tables"]
exclude_patterns = ["_extensions"]
html_theme = "furo"
html_title = "Dropleaf"
# Copied without the prompt.
copybutton_prompt_text = "$ "
html_static_path: list[str] = []
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# Files of the repository that pages point to are shown where the code is, not copied.
suppress_warnings: list[str] = []
