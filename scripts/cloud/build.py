"""Builds layers and functions into folders named after their content, so that a running stack is never touched."""

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from cloud.adapt import Tree, of_type
from cloud.errors import CannotBuild
from cloud.places import BUILD, ROOT, RUNTIME_PYTHON, UV

LAYERS = ROOT / "layers"
FUNCTIONS = ROOT / "functions"
PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}
LONG_AGO = (1980, 1, 1, 0, 0, 0)

BOOTSTRAP = """#!/bin/sh
exec env {removed} \\
  AWS_EXECUTION_ENV=AWS_Lambda_python3.13 AWS_LAMBDA_LOG_FORMAT=JSON AWS_LAMBDA_LOG_LEVEL=INFO \\
  HOME="$LAMBDA_TASK_ROOT" LANG=en_US.UTF-8 TZ=:UTC PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1 \\
  PYTHONUNBUFFERED=1 PYTHONPATH="$LAMBDA_TASK_ROOT:{layers}" \\
  {python} -m awslambdaric "$_HANDLER"
"""


type Built = Mapping[str, Path]
"""The folder of each layer, by its path in the template."""


def architecture() -> str:
    """This machine's processor, as Lambda names it."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def digest(paths: Iterable[Path]) -> str:
    """One hash of the names and contents of files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def code(folder: Path) -> list[Path]:
    """The files of a folder that are deployed."""
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def sources() -> str:
    """A hash of all that a deployed stack is made of."""
    cloud = code(ROOT / "scripts" / "cloud")
    return digest([ROOT / "template.yaml", *code(LAYERS), *code(FUNCTIONS), *cloud])


def layers() -> Built:
    """Builds what is not built yet: requirements as wheels for this processor, our own code as a copy."""
    built = {f"layers/{folder.name}": layer(folder) for folder in sorted(LAYERS.iterdir())}
    prune()
    return built


def layer(folder: Path) -> Path:
    requirements = folder / "requirements.txt"
    if requirements.exists():
        name = f"{folder.name}-{architecture()}-{digest([requirements])}"
        return once(name, lambda target: install(requirements, target))
    return once(f"{folder.name}-{digest(code(folder))}", lambda target: copy(folder, target))


def prune() -> None:
    """Forgets what no start has used for a week; what is used is touched."""
    week_ago = time.time() - 7 * 24 * 3600
    for folder in BUILD.iterdir():
        if folder.stat().st_mtime < week_ago:
            shutil.rmtree(folder, ignore_errors=True)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, made by `make`, whole or not at all."""
    folder = BUILD / name
    if not folder.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=BUILD))
        try:
            make(draft)
            compile_all(draft)
            rename(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    os.utime(folder)
    return folder


def rename(draft: Path, folder: Path) -> None:
    """Publishes a draft; if another process was first, its folder is as good."""
    try:
        draft.rename(folder)
    except OSError:
        if not folder.exists():
            raise


def install(requirements: Path, target: Path) -> None:
    options = ["--python-platform", PLATFORMS[architecture()], "--python-version", "3.13", "--only-binary", ":all:"]
    command: list[str | Path] = [
        UV,
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        *options,
        "--target",
        target,
        "-r",
        requirements,
    ]
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode:
        raise CannotBuild(f"{requirements} cannot be installed")


def copy(folder: Path, target: Path) -> None:
    shutil.copytree(folder, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


def compile_all(folder: Path) -> None:
    """Byte-code that stays valid whatever date its source has in an archive."""
    command: list[str | Path] = [
        RUNTIME_PYTHON,
        "-m",
        "compileall",
        "-q",
        "-j",
        "0",
        "--invalidation-mode",
        "unchecked-hash",
    ]
    if subprocess.run([*command, folder], check=False, stdout=sys.stderr).returncode:
        raise CannotBuild(f"{folder} does not compile")


def bootstrap(layers: Iterable[Path], removed: Iterable[str]) -> str:
    """The program that runs a function: the real runtime client, without the emulator's own settings."""
    return BOOTSTRAP.format(
        removed=" ".join(f"-u {name}" for name in sorted(removed)),
        layers=":".join(map(str, layers)),
        python=RUNTIME_PYTHON,
    )


def archives(template: Tree, built: Built, removed: Iterable[str]) -> dict[str, bytes]:
    """Archives by their path in the template: one per function, which sees its layers and no other, and a token one
    per layer.
    """
    contents = {name: each["Content"]["S3Key"] for name, each in of_type(template, "AWS::Lambda::LayerVersion")}
    functions = {}
    for _, each in of_type(template, "AWS::Lambda::Function"):
        folder = each["Code"]["S3Key"]
        layers = [built[contents[one["Ref"]]] for one in reversed(each["Layers"])]
        functions[folder] = archive(ROOT / folder, bootstrap(layers, removed))
    return functions | {name: token(name.rpartition("/")[2]) for name in built}


def archive(folder: Path, start: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        for path in sorted(code(folder)):
            files.writestr(zipfile.ZipInfo(str(path.relative_to(folder)), LONG_AGO), path.read_bytes())
        entry = zipfile.ZipInfo("bootstrap", LONG_AGO)
        entry.external_attr = 0o755 << 16
        files.writestr(entry, start)
    return packed.getvalue()


def token(name: str) -> bytes:
    """A layer that is only there to be referred to: functions read the built folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr(zipfile.ZipInfo(f"python/{name}.txt", LONG_AGO), "")
    return packed.getvalue()
