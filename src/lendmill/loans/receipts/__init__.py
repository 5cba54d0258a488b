"""RECEIPTS. Money from a borrower: shared among their loans, held or sent back, and reversed when it was not one."""
