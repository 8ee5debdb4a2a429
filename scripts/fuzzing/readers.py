"""Runs atheris on one reader, from the good files on, and tells what it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hostile.good_files import erp_frames, good_files
from hostile.sample import Sample

_FAMILIES: Final = {"camt": {"xml"}, "cfonb": {"cfonb"}, "mt940": {"mt940"}, "recognition": {"xml", "cfonb", "mt940"}}
_WORDS: Final = (
    *("<Ntry>", "</Ntry>", "<TxDtls>", "<Bal>", "<Amt Ccy=", "EUR", "CRDT", "BOOK", "<!--", "-->", "<![CDATA[", "]]>"),
    *("&#x", "&amp;", "<?xml", "BkToCstmrStmt", "01", "04", "05", "07", "LCC", "NPY", "CBE", ":61:", ":86:", ":60F:"),
    *(
        ":62F:",
        ":25:",
        ":20:",
        "?20",
        "?32",
        "SVWZ+",
        "/EREF/",
        "//",
        "\\x0d\\x0a",
        "#quitus;dues;1;",
        "#end;1;0.00",
        ";",
    ),
)
_RUNS: Final = re.compile(r"^#(\d+)\s.*?cov: (\d+)", re.MULTILINE)


def fuzz_reader(python: Path, name: str, seconds: int, seed: int) -> dict[str, object]:
    """How many runs a reader had, how much of its code they reached, and what failed."""
    with TemporaryDirectory() as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        corpus.mkdir()
        for number, data in enumerate(_seeds(name)):
            (corpus / f"{number}").write_bytes(data)
        words.write_text("".join(f'"{word}"\n' for word in _WORDS))
        limits = [f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=60000", "-timeout=20", "-rss_limit_mb=2048"]
        places = [f"-dict={words}", f"-artifact_prefix={folder}/", *limits]
        command = [str(python), "-m", "fuzzing.harness", name, str(corpus), *places]
        ran = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        runs = _RUNS.findall(ran.stderr)
        failing = next(iter(Path(folder).glob("*-*")), None)
        return {
            "reader": name,
            "seconds": seconds,
            "seed": seed,
            "runs": int(runs[-1][0]) if runs else 0,
            "covered": int(runs[-1][1]) if runs else 0,
            "failure": ran.stderr[-2000:] if ran.returncode or not runs else "",
            "input": failing.read_bytes()[:4000].hex() if failing else "",
        }


def _seeds(name: str) -> list[bytes]:
    if name == "erp":
        return [frame.data for frame in erp_frames()]
    fitting = [sample for sample in good_files() if sample.family in _FAMILIES[name] and _is_short(sample)]
    return [sample.data for sample in fitting]


def _is_short(sample: Sample) -> bool:
    return len(sample.data) < 8000
