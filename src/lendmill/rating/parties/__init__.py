"""WHAT OTHERS SAY. Customs, tax office, credit bureau and business registry: what each was asked and what it answered.

An answer has a state, and silence is one of them: it is never read as a clean record. Answers are only ever added; the
newest one that was read counts, as of any day, while it is fresh.
"""
