"""How the captions of tables, figures and boxes begin."""

import re

#: How captions begin.
CAPTION = re.compile(
    r"^(?:tab(?:le|\.|elle|leau)?|exhibit|fig(?:ure|\.|ur)?|chart|graph|box|annex|appendix|panel|abbildung|tabella|tabla|cuadro)\s*"
    r"(?:[A-Z]{0,3}[-.]?\d|[IVXL]+\b)",
    re.IGNORECASE,
)
#: How captions of tables begin.
TABLE_CAPTION = re.compile(
    r"^(?:tab(?:le|\.|elle|leau)?|exhibit|tabella|tabla|cuadro)\s*(?:[A-Z]{0,3}[-.]?\d|[IVXL]+\b)", re.IGNORECASE
)
#: How captions of figures begin.
FIGURE_CAPTION = re.compile(
    r"^(?:fig(?:ure|\.|ur)?|chart|graph|abbildung|abb\.)\s*(?:[A-Z]{0,3}[-.]?\d|[IVXL]+\b)", re.IGNORECASE
)
