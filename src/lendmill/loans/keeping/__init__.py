"""KEEPING. One change of a loan, written whole; a borrower's loans brought up to a day, or told again."""
