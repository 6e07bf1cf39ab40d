"""
CredSweeper, pinned, with its own model on, over whole files as it is meant to be used: `flagged(python, files)` gives the lines of each
file it reports, or those of findings above its severity `info` (at which it reports every UUID). It runs in an environment of its own (`pip install credsweeper==1.19.5`); nothing of it is a dependency.
"""

import json
import subprocess
import tempfile
from pathlib import Path

VERSION = "1.19.5"


def flagged(python, files, threshold="medium"):
    """Two sets of (file name, 1-based line) that are a part of a finding: of all, and of those above the severity `info`."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "tree"
        for name, labelled in files:
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(line for line, _ in labelled), newline="\n")
        version = subprocess.run([python, "-m", "credsweeper", "--version"], capture_output=True, text=True, check=True).stdout
        assert VERSION in version, f"CredSweeper {VERSION} is wanted, not {version.strip()}"
        command = [python, "-m", "credsweeper", "--path", str(root), "--pedantic", "--ml_threshold", threshold, "--jobs", "1", "--no-stdout", "--log", "error", "--save-json", f"{directory}/out.json"]
        subprocess.run(command, check=True, cwd=directory)
        found = json.loads(Path(f"{directory}/out.json").read_text())
    places = [(credential["severity"], str(Path(data["path"]).relative_to(root)), data["line_num"]) for credential in found for data in credential["line_data_list"]]
    return {place[1:] for place in places}, {place[1:] for place in places if place[0] != "info"}
