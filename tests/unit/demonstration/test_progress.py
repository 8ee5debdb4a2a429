from io import StringIO

from demonstration.progress import Progress, number


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_rewriting_line_per_stage() -> None:
    stream = Terminal()
    with Progress(stream).stage("Leases", 2900) as stage:
        stage.reached(1200)
    *rewritten, last = stream.getvalue().split("\r\x1b[K")
    assert "Leases · 1 200 / 2 900" in last
    assert last.endswith("s\n")
    assert not any("\n" in text for text in rewritten)


def test_elsewhere_lines_are_plain_and_rare() -> None:
    stream = StringIO()
    with Progress(stream).stage("Leases", 3) as stage:
        for done in range(4):
            stage.reached(done)
    lines = stream.getvalue().splitlines()
    assert "\x1b" not in stream.getvalue()
    assert len(lines) == 2
    assert "Leases · 3 / 3" in lines[-1]


def test_numbers_have_spaces_between_thousands() -> None:
    assert number(1234567) == "1 234 567"
