"""The markup that models write: one module per dialect. ``dialect.py`` finds each module by its name.

A new dialect takes these steps, and no other module changes:

1. ``NAME.py`` in this package: a table of the dialect's marks; ``shows(text)``, which says whether an answer uses the
   dialect; and ``to_markup(text, reading)``, which replaces what it reads by ``reading.keep_block(html)``. Tables are
   made with :func:`pipeline.markup.table.table_to_html`. The rest of the text stays for the dialects that come later.
   It notes in ``reading.repairs`` what it had to guess, and in ``reading.fault`` that the structure is lost.
2. At its end ``DIALECT = Dialect(name="NAME", order=..., shows=..., to_markup=...)``. The order says which dialects
   read the text earlier: JSON from 10, tokens from 20, LaTeX at 50, and from 60 on what any other one may contain.
3. In ``vision/profiles/profiles.py`` a profile for the model. Add the name to ``DialectName`` if users may set it, and
   to ``OF_TOKENS`` if its marks are special tokens, which servers leave out unless they are asked for them.
4. In ``tests/vision/dialects`` answers of such a model: ``make case`` makes a case from a saved one.

A dialect gives HTML, not a tree of typed blocks: the sanitiser builds a tree from HTML anyway, and it already repairs
nesting, spans and stray text. With typed blocks, each dialect would have to make these repairs itself.
"""
