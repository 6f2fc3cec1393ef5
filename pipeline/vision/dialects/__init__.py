"""The markup that models write, one module per dialect; ``dialect.py`` finds each by its name.

A new dialect takes these steps, and no other module changes:

1. ``NAME.py`` in this package: a table of the dialect's marks, ``shows(text)``, which says whether an answer is in it,
   and ``to_markup(text, reading)``, which replaces what it reads by ``reading.keep_block(html)``, a table by
   :func:`pipeline.markup.table.table_to_html`; the rest of the text stays for the dialects that come after it.
   What cannot be told for sure is noted in ``reading.repairs``, a structure that is lost in ``reading.fault``.
2. At its end ``DIALECT = Dialect(name="NAME", order=..., shows=..., to_markup=...)``.  The order says which dialects
   have read the text before: JSON from 10, tokens from 20, LaTeX at 50, and from 60 on what any other one may hold.
3. In ``vision/profiles/profiles.py`` a profile for the model, and the name in ``DialectName`` if users may set it; in
   ``OF_TOKENS`` if its marks are special tokens, which servers leave out unless they are asked for them.
4. In ``tests/vision/dialects`` its answers: ``make case`` makes a case of a saved one.

A dialect gives HTML, not a tree of typed blocks: the sanitiser builds a tree from HTML anyway, and it already repairs
nesting, spans and stray text. With typed blocks, each dialect would have to make these repairs itself.
"""
