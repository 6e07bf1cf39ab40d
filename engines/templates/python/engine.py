#!/usr/bin/env python3
"""Puts an SPDX license line on top of every Python and shell file that has none.

The plan is one artifact per file, holding its new content. Take-off writes exactly those contents and looks at nothing
else. Standard library only.
"""

import argparse
import hashlib
import json
import os
import stat
import sys
import tempfile
from pathlib import Path

ENGINE_ID = "template.python"
MARK = b"SPDX-License-Identifier:"
SUFFIXES = {".py", ".sh"}


class Refusal(Exception):
    """The input or the command line cannot be accepted: exit code 2."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_input() -> dict:
    try:
        document = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    except ValueError as error:
        raise Refusal(f"the input is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("protocol_version") != "draft":
        raise Refusal('the input is not an engine input of protocol version "draft"')
    return document


def with_license(content: bytes, license_id: str) -> bytes:
    line = b"# " + MARK + b" " + license_id.encode() + b"\n"
    if content.startswith(b"#!"):
        first, _, rest = content.partition(b"\n")
        return first + b"\n" + line + rest
    return line + content


def sources(workspace: Path):
    for directory, folders, files in os.walk(workspace):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(directory, name)
            if file.suffix in SUFFIXES and file.is_file() and not file.is_symlink():
                yield file


def flight_plan(document: dict, workspace: Path, artifacts: Path) -> dict:
    license_id = document.get("config", {}).get("license", "Apache-2.0")
    if not isinstance(license_id, str):
        raise Refusal("config.license must be a string")
    listed = []
    for file in sources(workspace):
        old = file.read_bytes()
        if MARK in old[:4096]:
            continue
        try:
            target = file.relative_to(workspace).as_posix()
            target.encode("utf-8")
        except UnicodeEncodeError:
            print(f"left out, its name is not UTF-8: {file!r}", file=sys.stderr)
            continue
        listed.append(write_artifact(artifacts, target, file, old, with_license(old, license_id)))
    return {"artifacts": listed}


def write_artifact(artifacts: Path, target: str, file: Path, old: bytes, new: bytes) -> dict:
    name = f"license-{sha256(target.encode())[:16]}"
    folder = artifacts / name
    folder.mkdir()
    (folder / "body").write_bytes(new)
    metadata = {
        "format": "cabincrew.file-change/1",
        "entry": "file",
        "mode": f"{stat.S_IMODE(file.stat().st_mode):04o}",
        "sha256": sha256(new),
        "old_sha256": sha256(old),
    }
    artifact = {
        "artifact_type": "file",
        "action": "update",
        "target": target,
        "mime": "text/plain",
        "body_file": "body",
        "metadata": metadata,
    }
    text = json.dumps(artifact, sort_keys=True).encode()
    (folder / "artifact.json").write_bytes(text)
    return {"name": name, "role": "state", "path": f"{name}/artifact.json", "hash": sha256(text)}


def planned(workspace: Path, artifacts: Path):
    for folder in sorted(artifacts.iterdir()):
        artifact = json.loads((folder / "artifact.json").read_bytes())
        yield workspace / artifact["target"], (folder / "body").read_bytes(), int(artifact["metadata"]["mode"], 8)


def take_off(_document: dict, workspace: Path, artifacts: Path) -> dict:
    for target, content, mode in planned(workspace, artifacts):
        replace(target, content, mode)
    return {}


def replace(target: Path, content: bytes, mode: int) -> None:
    """The file has its old or its new content at any moment, also when the power fails."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".license-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def reconcile(_document: dict, workspace: Path, artifacts: Path) -> dict:
    done = [target.is_file() and target.read_bytes() == content for target, content, _ in planned(workspace, artifacts)]
    outcome = "applied" if all(done) else "partial" if any(done) else "not_applied"
    return {"diagnostics": {"outcome": outcome}}


MODES = {"flight-plan": flight_plan, "take-off": take_off, "reconcile": reconcile}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=MODES, required=True)
    mode = parser.parse_args().mode
    receipt = {
        "protocol_version": "draft",
        "engine_id": ENGINE_ID,
        "mode": mode,
        "receipt_id": f"{ENGINE_ID}-{mode}",
        "status": "success",
    }
    code = 0
    try:
        workspace = Path(os.environ["CABINCREW_WORKSPACE"])
        artifacts = Path(os.environ["CABINCREW_ARTIFACTS_DIR"])
        receipt.update(MODES[mode](read_input(), workspace, artifacts))
    except Refusal as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, ValueError, KeyError) as error:
        receipt.update(status="failure", error=f"{type(error).__name__}: {error}")
        code = 1
    print(json.dumps(receipt))
    return code


sys.exit(main())
