"""The file packed: right, damaged, nested, doubled, as a bomb."""

from __future__ import annotations

import gzip
import io
import zipfile
from random import Random

from hostile.mutation import mutator
from hostile.sample import Sample

MEGABYTE = 1 << 20


def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=1, mtime=0)


def _zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 0, 0, 0)), data, method)
    return packed.getvalue()


def _damaged(packed: bytes, chance: Random) -> bytes:
    data = bytearray(packed)
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _bomb(chance: Random) -> bytes:
    return chance.choice((b" ", b"0", b"<a>", b"\0")) * (12 * MEGABYTE)


@mutator(harmless=True)
def pack_as_gzip(sample: Sample, chance: Random) -> bytes:
    return _gzipped(sample.data)


@mutator(harmless=True)
def pack_as_gzip_in_two_parts(sample: Sample, chance: Random) -> bytes:
    at = chance.randrange(len(sample.data))
    return _gzipped(sample.data[:at]) + _gzipped(sample.data[at:])


@mutator(harmless=True)
def pack_as_zip(sample: Sample, chance: Random) -> bytes:
    name = chance.choice(("releve.xml", "a/b/../c", "", "é.xml", "/etc/passwd", "x" * 300))
    return _zipped((name or "x", sample.data), method=chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


@mutator(harmless=True)
def pack_as_zip_with_what_macs_add(sample: Sample, chance: Random) -> bytes:
    return _zipped(("d/", b""), ("__MACOSX/", b""), ("__MACOSX/d/._x", b"junk"), ("d/x", sample.data))


@mutator()
def pack_two_files_in_a_zip(sample: Sample, chance: Random) -> bytes:
    return _zipped(("a", sample.data), ("b", chance.choice((sample.data, b"", b"x"))))


@mutator(share=5)
def pack_no_file_in_a_zip(sample: Sample, chance: Random) -> bytes:
    return _zipped(*chance.choice(((), (("d/", b""),))))


@mutator()
def pack_with_a_password(sample: Sample, chance: Random) -> bytes:
    """The flag of encryption set in both headers."""
    packed = bytearray(_zipped(("a", sample.data)))
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


@mutator()
def pack_in_an_unusual_way(sample: Sample, chance: Random) -> bytes:
    return _zipped(("a", sample.data), method=chance.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))


@mutator()
def pack_twice(sample: Sample, chance: Random) -> bytes:
    inner = chance.choice((_gzipped(sample.data), _zipped(("a", sample.data))))
    return chance.choice((_gzipped(inner), _zipped(("b", inner))))


@mutator(share=30)
def truncate_an_archive(sample: Sample, chance: Random) -> bytes:
    packed = chance.choice((_gzipped(sample.data), _zipped(("a", sample.data))))
    return packed[: chance.randrange(len(packed))]


@mutator(share=30)
def damage_a_gzip(sample: Sample, chance: Random) -> bytes:
    return _damaged(_gzipped(sample.data), chance)


@mutator(share=30)
def damage_a_zip(sample: Sample, chance: Random) -> bytes:
    return _damaged(_zipped(("a", sample.data)), chance)


@mutator(share=30)
def damage_the_directory_of_a_zip(sample: Sample, chance: Random) -> bytes:
    packed = _zipped(("a", sample.data))
    at = packed.rindex(b"PK\x01\x02")
    return packed[:at] + _damaged(packed[at:], chance)


@mutator()
def append_garbage_to_an_archive(sample: Sample, chance: Random) -> bytes:
    packed = chance.choice((_gzipped(sample.data), _zipped(("a", sample.data))))
    return packed + chance.choice((b"\0" * 100, b"garbage", chance.randbytes(300), sample.data))


@mutator(share=1)
def pack_a_bomb(sample: Sample, chance: Random) -> bytes:
    bomb = sample.data + _bomb(chance)
    return chance.choice((_gzipped(bomb), _zipped(("a", bomb))))
