"""A QR code as a picture that a screen reader names."""

from __future__ import annotations

from html import escape

from quitus.domain.qr_code import qr_code


def qr_svg(content: bytes, title: str, level: str = "M") -> str:
    """An SVG of the code, to stand alone or inside a page: dark on white whatever is behind it, named by its title."""
    path, size = qr_code(content, level)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges">'
        f'<title>{escape(title)}</title><path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )
