"""HOW RECORDS COME IN. Any CSV or Parquet, by a mapping that says which column is what; invoices too.

Rows are read in batches, so that a file ten times as long needs no more memory. A row that cannot be read goes to a
reject file with its line and every reason; the good rows are kept.
"""
