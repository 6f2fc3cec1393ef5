"""How the captions of tables, figures and boxes begin."""

import re

_TABLE = r"tab(?:le|\.|elle|leau)?|exhibit|tabella|tabla|cuadro"
_FIGURE = r"fig(?:ure|\.|ur)?|chart|graph|abbildung|abb\."
_NUMBER = r"\s*(?:[A-Z]{0,3}[-.]?\d|[IVXL]+\b)"

#: How captions begin.
CAPTION = re.compile(rf"^(?:{_TABLE}|{_FIGURE}|box|annex|appendix|panel){_NUMBER}", re.IGNORECASE)
#: How captions of tables begin.
TABLE_CAPTION = re.compile(rf"^(?:{_TABLE}){_NUMBER}", re.IGNORECASE)
#: How captions of figures begin.
FIGURE_CAPTION = re.compile(rf"^(?:{_FIGURE}){_NUMBER}", re.IGNORECASE)
