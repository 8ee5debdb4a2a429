"""Names that try to be more than names: markup, formulas, templates, files, and what cannot be seen or written."""

from __future__ import annotations

import random

HOSTILE = (
    *(
        '#eval("1+1")',
        "#panic()",
        "$ x^2 $",
        "*gras* _italique_",
        "= Titre",
        '#import "/etc/passwd": *',
        "]#[",
        "// fin",
    ),
    *("@ref <label>", "\\u{41}", "`code`", "/* fin", "{{7*7}}", "{total}", "${jndi:ldap://x}", "%PDF-1.7", ") Tj ET"),
    *("<script>alert(1)</script>", "</svg>", "<img src=x onerror=y>", "&lt;b&gt;", "endobj", "\\write18{ls}"),
    *('=HYPERLINK("http://x")', "-2+3", "+33", "@SUM(A1)", "\t=1", "\r=1", "'; DROP TABLE", '"; x', ";;;", "a\nb;c"),
    *("\u202eecnatsid", "\u200b", "\ufeff", "\x00", "\x1b[31m", "\n\n= X", "\ufffe", "\ud7ff", "\U0010ffff"),
    *("é" * 250, "a" * 250, "Ab " * 80, "中文名字", "العربية", "👩‍👩‍👧‍👦", "Z̷͙a̶l̴g̸o̷", "ﬁ ﬂ ½ ²"),
    *("İstanbul ŞĞ", "Đặng Thị Hồng", "Ελένη", "Олена", "D’Hôtel-Müller", "Ng", 'O\'Neill "Bob"'),
)


def hostile_names(count: int = 500) -> list[str]:
    """So many: each by itself, then several put together by chance, cut at lengths that fields have."""
    chance = random.Random(20261125)
    names = [*HOSTILE]
    while len(names) < count:
        names.append("".join(chance.sample(HOSTILE, 3))[: chance.choice((20, 80, 250))])
    return names
