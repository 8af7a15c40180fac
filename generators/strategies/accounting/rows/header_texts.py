"""Header texts of documents, written by a grammar: what each is about, in one of many ways."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import Arrow, Cells, Concat, Digits, Text
from synthmill.generators.grammars.built_in import built_in_grammar
from synthmill.generators.grammars.tables import CompiledGrammar
from synthmill.generators.kernels.grammar import written
from synthmill.generators.kernels.mix import I64, key, mix
from synthmill.generators.kernels.texts import SPARE
from synthmill.generators.strategies.accounting.calendar import day_of, month_starts
from synthmill.generators.strategies.accounting.documents import Documents, Journal
from synthmill.generators.strategies.accounting.rows.partners import Partners

_OF_LAST_MONTH = ("reversal", "net_wages", "wage_taxes")


class HeaderTexts:
    """Cells of header texts."""

    def __init__(self, journal: Journal, partners: Partners) -> None:
        self.journal, self.partners = journal, partners
        self._text_key = key(journal.world.seed, "accounting", "header texts")

    @cached_property
    def _grammar(self) -> tuple[CompiledGrammar, I64, Text]:
        """The grammar, each form's posting, and the months as they are written."""
        grammar = built_in_grammar("journal_posting")
        postings = list(grammar.labels["posting"])
        forms = np.array([postings.index(one) for one in self.journal.world.form_values("label")], np.int64)
        start = self.journal.world.companies[0].calendar
        months = month_starts(day_of(start.first), self.journal.world.months)
        written_months = decoded(Arrow(strings([f"{one.month:02d}/{one.year}" for one in months])))
        assert isinstance(written_months, Text)
        return CompiledGrammar(grammar, grammar.slots), forms, written_months

    @cached_property
    def _about(self) -> I64:
        """By form how many months lie between what a document is about and its posting."""
        labels = self.journal.world.form_values("label")
        return np.array([int(label in _OF_LAST_MONTH) for label in labels], np.int64)

    def cells(self, of: Documents) -> Cells:
        compiled, forms, months = self._grammar
        tables = compiled.tables
        numbers = decoded(Arrow(to_arrow(Concat((b"", Digits(of.same, 8))), pa.string())))
        assert isinstance(numbers, Text)
        month = np.maximum(self.journal.months[of.group // self.journal.companies] - self._about[of.form], 0)
        kinds, rows = self.journal.partner[of.form], self.journal.partner_of(of)
        slots, blobs, size = {}, [tables.blob], len(tables.blob)
        for name, text, places in (
            ("number", numbers, np.arange(len(of))),
            ("month", months, month),
            ("partner", self.partners.names, self.partners.place(kinds, rows)),
        ):
            begin = text.offsets[:-1] - text.offsets[0]
            slots[name] = ((begin + size) << 32 | np.diff(text.offsets))[places]
            blobs.append(text.characters)
            size += len(text.characters)
        chosen = np.stack([slots[name] for name, _ in compiled.slots])
        keys = mix(self._text_key, self.journal.identities(of.chain, of.form).view(np.uint64))
        blob = np.concatenate([*blobs, np.zeros(SPARE, np.uint8)])
        return Text(*written(tables, 0, forms[of.form][None, :], blob, chosen, keys, keys))
