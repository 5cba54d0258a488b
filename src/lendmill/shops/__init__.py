"""WHAT A SELLER DOES. Orders, refunds, reviews, visits, invoices: whatever the source, one kind of row, the event.

`events` says what a row is; `importers` turn anybody's CSV or Parquet into such rows, in batches, good rows kept and
bad rows told; `lake` keeps them as Parquet by kind and month. An import is there whole or not at all; the same file
twice changes nothing; what was known on an earlier day can be read again as it was, corrections and all.
"""
