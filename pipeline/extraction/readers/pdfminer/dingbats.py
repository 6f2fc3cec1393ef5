"""The signs of the font ZapfDingbats, by code (ISO 32000-2, annex D.6): pdfminer.six takes them for letters."""

#: Name of the font.
DINGBATS = "ZapfDingbats"
#: Advance of most of its glyphs, per unit of type size, for files that leave the widths to the program.
DINGBAT_WIDTH = 0.76

# Most signs stand in Unicode in the order of the font, in two rows.
_LOWER, _UPPER = (range(0x21, 0x7F), 0x2700 - 0x20), (range(0xA1, 0xFF), 0x2700 - 0x40)
_ELSEWHERE = {
    0x25: "\u260e", 0x2A: "\u261b", 0x2B: "\u261e", 0x48: "\u2605", 0x6C: "\u25cf", 0x6E: "\u25a0", 0x73: "\u25b2",
    0x74: "\u25bc", 0x75: "\u25c6", 0x77: "\u25d7", 0xA8: "\u2663", 0xA9: "\u2666", 0xAA: "\u2665", 0xAB: "\u2660",
    0xD5: "\u2192", 0xD6: "\u2194", 0xD7: "\u2195", 0xF0: "",
    **{0xAC + index: chr(0x2460 + index) for index in range(10)},
}  # fmt: skip


def code_to_dingbat(code: int) -> str:
    """The sign of the code; empty where the font has none."""
    if code in _ELSEWHERE:
        return _ELSEWHERE[code]
    return next((chr(code + shift) for codes, shift in (_LOWER, _UPPER) if code in codes), "")
